namespace Siar.Tool;

/// <summary>Makes rates of counters that only rise.</summary>
internal sealed class Rates
{
    private readonly Dictionary<string, double> _last = new(StringComparer.Ordinal);

    /// <summary>
    /// How much a counter rose in a second; 0 at its first sight, and when it fell, as it does when a device is put back in.
    /// </summary>
    public double PerSecond(string counter, double value, double seconds)
    {
        var isKnown = _last.TryGetValue(counter, out var last);
        _last[counter] = value;
        return isKnown && value >= last && seconds > 0 ? Math.Round((value - last) / seconds, 3) : 0;
    }
}
