using System.Diagnostics;
using System.Xml.Linq;

namespace Siar.House.Tests;

/// <summary>The repository that the running test was built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The files that git keeps or would keep, as paths from the root, with slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    /// <summary>The rooms under <c>src</c>, by project name.</summary>
    public static IReadOnlyList<string> Rooms { get; } =
        [.. Files.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(f => Path.GetFileNameWithoutExtension(f))];

    /// <summary>The name of the folder that this test was built into: <c>debug</c> or <c>release</c>.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Name;

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    public static string PathOf(string path) => Path.Combine(Root, path);

    /// <summary>Where a room's compiled assembly lies, built along with this test.</summary>
    public static string AssemblyOf(string room)
    {
        var project = XDocument.Load(PathOf($"src/{room}/{room}.csproj"));
        var name = project.Descendants("AssemblyName").FirstOrDefault()?.Value ?? room;
        return PathOf($"artifacts/bin/{room}/{Configuration}/{name}.dll");
    }

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Siar.slnx"))) return at.FullName;
        }

        throw new DirectoryNotFoundException($"There is no Siar.slnx above '{AppContext.BaseDirectory}': run the tests from inside the repository.");
    }

    private static IReadOnlyList<string> ListFiles()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
        var names = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        if (git.ExitCode != 0) throw new InvalidOperationException($"git could not list the files of '{Root}': it ended with {git.ExitCode}.");
        return [.. names.Where(n => File.Exists(Path.Combine(Root, n))).Order(StringComparer.Ordinal)];
    }
}
