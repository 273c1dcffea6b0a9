namespace Siar.Client;

/// <summary>
/// How a stream connects again. The wait is drawn at random from a range whose upper end doubles with each failure in a row, so that those who were
/// cut off together do not come back together ("full jitter"). What the server asks for, by <c>retry:</c> or <c>Retry-After</c>, is the lower
/// end: it is never undercut, except where it is more than <see cref="MaxServerDelay"/>. Immutable.
/// </summary>
public sealed record ReconnectOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Whether to connect again at all; the default is <see cref="ReconnectMode.Always"/>.</summary>
    public ReconnectMode Mode { get; init; } = ReconnectMode.Always;

    /// <summary>The longest first wait while the server has not said how long to wait; up to a day. The default is 1 second.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan InitialDelay { get; init => field = InRange(value, nameof(InitialDelay)); } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The shortest wait, whatever the server says: with <c>retry: 0</c> it would be asked without pause. Up to a day; the default is 100
    /// milliseconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan MinDelay { get; init => field = InRange(value, nameof(MinDelay)); } = TimeSpan.FromMilliseconds(100);

    /// <summary>Where doubling ends, unless the server asks for more; up to a day. The default is 30 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan MaxDelay { get; init => field = InRange(value, nameof(MaxDelay)); } = TimeSpan.FromSeconds(30);

    /// <summary>The most that a server's wish to wait counts for; up to a day. The default is 1 hour.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan MaxServerDelay { get; init => field = InRange(value, nameof(MaxServerDelay)); } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a connection must have lived for the doubling to begin anew; up to a day. The default is 10 seconds. One that the server ended
    /// in order after an event counts whatever its age: some servers end every connection soon.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan ResetAfter { get; init => field = InRange(value, nameof(ResetAfter)); } = TimeSpan.FromSeconds(10);

    /// <summary>How many connections in a row may fail before the stream ends with an exception, from 1; null, the default, for no end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int? MaxAttempts
    {
        get;
        init => field = value is < 1 ? throw new ArgumentOutOfRangeException(nameof(value), value, "MaxAttempts must be at least 1, or null for no end.") : value;
    }

    /// <summary>
    /// Whether the statuses 408, 425 and 429, and from 500 on all but 501 and 505, are taken as passing, and the stream is asked for again; the default is true. A
    /// browser gives up at each of them (HTML Standard, section 9.2.3). Every other status than 200 ends the stream either way.
    /// </summary>
    public bool RetriesPassingStatuses { get; init; } = true;

    private static TimeSpan InRange(TimeSpan value, string name) => value >= TimeSpan.Zero && value <= Longest
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 0 to {Longest.TotalDays:0} day.");
}
