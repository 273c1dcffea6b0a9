namespace Siar.Client;

/// <summary>
/// How publishing deals with failures. A publish is tried again while that is safe: the hub has certainly nothing of it, or knows it again by its
/// <c>Idempotency-Key</c>. Immutable.
/// </summary>
public sealed record PublishRetryOptions
{
    /// <summary>
    /// How long to go on trying; 0 for one attempt, or infinite. Up to a day, in which the hub knows a publish again unless it is told otherwise. The
    /// default is 1 minute.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan GiveUpAfter
    {
        get;
        init => field = value == Timeout.InfiniteTimeSpan || (value >= TimeSpan.Zero && value <= TimeSpan.FromDays(1))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "GiveUpAfter must be from 0 to a day, or infinite.");
    } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether to try again when an answer was lost, so that the events may be in the log already; the default is true. The hub then knows them again. Set
    /// it to false for a hub behind something that removes the header <c>Idempotency-Key</c>.
    /// </summary>
    public bool RetriesLostAnswers { get; init; } = true;

    /// <summary>Whether to wait for a hub that this client has never reached; the default is true.</summary>
    public bool WaitsForHub { get; init; } = true;

    /// <summary>Told before each wait: why, as a sentence without its full stop, and how long.</summary>
    public Action<string, TimeSpan>? OnRetrying { get; init; }
}
