namespace Siar.Tool;

/// <summary>The processors' time since the system's start, in ticks: <c>/proc/stat</c>, see proc_stat(5).</summary>
/// <param name="Name"><c>cpu</c> for all together, <c>cpu0</c> and so on for each.</param>
/// <param name="Busy">Ticks at work.</param>
/// <param name="Total">Ticks in all.</param>
internal readonly record struct ProcStat(string Name, long Busy, long Total)
{
    private const int Idle = 3;
    private const int WaitingForDisk = 4;

    /// <summary>The fields after these are guests' time, which the system has counted as user time already.</summary>
    private const int Counted = 8;

    public static List<ProcStat> Parse(string text)
    {
        var found = new List<ProcStat>();
        foreach (var line in text.Split('\n'))
        {
            if (!line.StartsWith("cpu", StringComparison.Ordinal)) continue;
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var ticks = words.Skip(1).Take(Counted).Select(long.Parse).ToArray();
            var total = ticks.Sum();
            found.Add(new ProcStat(words[0], total - ticks[Idle] - ticks.ElementAtOrDefault(WaitingForDisk), total));
        }

        return found;
    }
}
