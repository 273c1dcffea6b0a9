namespace Siar.Hub;

/// <summary>How much a log keeps of a set of topics. The smallest limit wins; null means no limit of that kind.</summary>
/// <param name="MaxCount">Events.</param>
/// <param name="MaxAge">Time since they were appended.</param>
/// <param name="MaxBytes">Bytes of data and topics.</param>
public sealed record RetentionLimits(long? MaxCount, TimeSpan? MaxAge, long? MaxBytes)
{
    /// <summary>
    /// How many events that are over the limits are kept since they are the newest of their key, besides all others; of these, as of the
    /// others, at most <see cref="MaxBytes"/>. The oldest go first. They are found only by asking for the newest of each key. Default: 100,000.
    /// </summary>
    public long MaxKeys { get; init; } = 100_000;
}

/// <summary>A set of topics with limits of its own, named by the text that its canonical topics begin with.</summary>
/// <param name="Prefix">The text; empty for the class of all topics that no other class names. The longest prefix wins.</param>
/// <param name="Limits">How much is kept.</param>
/// <param name="PrivateOnly">Whether all its events are private, so that only a grant on the prefix can meet them.</param>
public sealed record RetentionClass(string Prefix, RetentionLimits Limits, bool PrivateOnly = false);
