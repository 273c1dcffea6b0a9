namespace Siar.Tool;

/// <summary>The machine's memory: <c>/proc/meminfo</c>, see proc_meminfo(5).</summary>
internal static class ProcMeminfo
{
    public static MemoryFigures Parse(string text)
    {
        var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split([':', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            // The file says kB and means 1,024 bytes.
            if (words is [var name, var number, "kB"] && long.TryParse(number, out var kibibytes)) bytes[name] = kibibytes << 10;
        }

        var total = bytes.GetValueOrDefault("MemTotal");
        return new MemoryFigures(
            total,
            total - bytes.GetValueOrDefault("MemAvailable"),
            bytes.GetValueOrDefault("Cached"),
            bytes.GetValueOrDefault("SwapTotal"),
            bytes.GetValueOrDefault("SwapTotal") - bytes.GetValueOrDefault("SwapFree"));
    }
}
