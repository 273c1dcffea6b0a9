using System.Globalization;

namespace Siar.Tool;

/// <summary>What local servers' processes have used, from the operating system (Linux): those named, and all that they started.</summary>
internal sealed class ServerMeter(IReadOnlyList<int> processes)
{
    // USER_HZ is 100 wherever .NET runs on Linux.
    private const double TicksPerSecond = 100;

    /// <summary>CPU time of the process tree, in seconds.</summary>
    public double CpuSeconds() => Tree().Sum(CpuTicks) / TicksPerSecond;

    /// <summary>Resident memory of the process tree, in bytes; pages that its processes share are counted once.</summary>
    public long MemoryBytes() => Tree().Sum(static p => ReadKiB($"/proc/{p}/smaps_rollup", "Pss:") * 1_024);

    /// <summary>Kernel memory in slabs, of the whole machine, in bytes: what sockets cost is not in any process.</summary>
    public static long SlabBytes() => ReadKiB("/proc/meminfo", "Slab:") * 1_024;

    private IEnumerable<int> Tree()
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && Stat(id) is { } stat) parents[id] = int.Parse(stat[1], CultureInfo.InvariantCulture);
        }

        return parents.Keys.Where(id => Descends(id, parents));
    }

    private bool Descends(int id, Dictionary<int, int> parents)
    {
        while (!processes.Contains(id))
        {
            if (!parents.TryGetValue(id, out id)) return false;
        }

        return true;
    }

    private static double CpuTicks(int id) => Stat(id) is { } stat ? double.Parse(stat[11], CultureInfo.InvariantCulture) + double.Parse(stat[12], CultureInfo.InvariantCulture) : 0;

    // The fields after the name, which may hold spaces and is in parentheses.
    private static string[]? Stat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long ReadKiB(string file, string field)
    {
        try
        {
            var line = File.ReadLines(file).First(l => l.StartsWith(field, StringComparison.Ordinal));
            return long.Parse(line.AsSpan(field.Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return 0;
        }
    }
}
