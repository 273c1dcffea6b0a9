using System.Diagnostics;

namespace Siar.Bench.Load;

/// <summary>What the machine has: its cores, where the repository lies, which programs are installed.</summary>
internal static class Machine
{
    public const int ServerCore = 0;
    public const int LoadCore = 1;

    /// <summary>The repository, four folders above the built program: <c>artifacts/bin/NAME/release</c>.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));

    public static string Built(string project, string program) => Path.Combine(Root, "artifacts/bin", project, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), program);

    public static string Siar => Built("Siar.Tool", "siar");

    /// <summary>The program as it is deployed: <c>bench/load/run</c> publishes it.</summary>
    public static string NativeSiar => Path.Combine(Root, "artifacts/native/siar");

    public static string Configuration(params string[] path) => Path.Combine([Root, "bench/load/configuration", .. path]);

    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>A program bound to a core, where there is more than one.</summary>
    public static ProcessStartInfo OnCore(int core, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo { UseShellExecute = false };
        if (Environment.ProcessorCount > LoadCore && Has("taskset"))
        {
            start.FileName = "taskset";
            foreach (var argument in new[] { "-c", $"{core}", program }) start.ArgumentList.Add(argument);
        }
        else
        {
            start.FileName = program;
        }

        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("SIAR_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        return start;
    }

    /// <summary>A folder that a server's own user can read.</summary>
    public static DirectoryInfo Folder()
    {
        var folder = Directory.CreateTempSubdirectory("siar-load-");
        if (!OperatingSystem.IsWindows()) folder.UnixFileMode |= UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        return folder;
    }

    /// <summary>Puts a configuration of the repository into the folder, with its places filled in.</summary>
    public static async Task<string> FillAsync(DirectoryInfo folder, string from, params (string Place, object Value)[] values)
    {
        var text = await File.ReadAllTextAsync(from);
        foreach (var (place, value) in values.Append(("folder", folder.FullName))) text = text.Replace("{" + place + "}", value.ToString(), StringComparison.Ordinal);
        var to = Path.Combine(folder.FullName, Path.GetFileName(from));
        await File.WriteAllTextAsync(to, text);
        return to;
    }

    /// <summary>Threads that ran or wanted to, on average over the last minute; 0 where the system does not say.</summary>
    public static double LoadAverage() => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)
        : 0;

    /// <summary>What it is, for the report.</summary>
    public static string Describe()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return $"{model ?? "unknown processor"}, {Environment.ProcessorCount} cores, {Environment.OSVersion.VersionString}, .NET {Environment.Version}";
    }
}
