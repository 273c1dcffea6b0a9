namespace Siar.Tool;

/// <summary>
/// How long to wait before the next try: at least what the hub asks for, twice as long after each failure in a row, and never quite the
/// same, so that those who were cut off together do not come back together.
/// </summary>
internal sealed class Backoff(Func<double> random)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    private int _failures;

    /// <summary>The time to begin with: the hub's <c>retry:</c>, once there was one. At most an hour.</summary>
    public TimeSpan Initial
    {
        get;
        set => field = value < LongestAsked ? value : LongestAsked;
    } = TimeSpan.FromSeconds(1);

    /// <summary>A try has come through.</summary>
    public void Reset() => _failures = 0;

    /// <summary>A try has failed, or a stream has ended.</summary>
    /// <param name="asked">How long the hub asks to wait this time; null where it does not.</param>
    public TimeSpan Next(TimeSpan? asked = null)
    {
        var start = asked ?? Initial;
        var doubled = start * Math.Pow(2, Math.Min(_failures++, 16));
        var wait = doubled < Longest ? doubled : start > Longest ? start : Longest;
        return wait * (1 + 0.25 * random());
    }
}
