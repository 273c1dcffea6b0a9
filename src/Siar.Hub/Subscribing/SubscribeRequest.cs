using Siar.Topics;

namespace Siar.Hub;

/// <summary>What a reader asks the hub for.</summary>
public sealed record SubscribeRequest
{
    /// <summary>Which events: those of which a topic is meant by these.</summary>
    public required MatcherSet Matchers { get; init; }

    /// <summary>
    /// Which private events it may have: those of which a topic, perhaps another one, is meant by these. Default: none. Grants never
    /// widen what was asked for.
    /// </summary>
    public MatcherSet Grants { get; init; } = MatcherSet.None;

    /// <summary>Where to begin. Default: with the next event that is published.</summary>
    public Cursor Start { get; init; } = Cursor.Now;

    /// <summary>
    /// Without a cursor: begin with the newest so many events of each topic, in order, before what is live. From 1; default: null, none. Any
    /// cursor beats it.
    /// </summary>
    public int? Last { get; init; }

    /// <summary>
    /// Without a cursor, and again after each gap: begin with the newest event of every key, in order, before what comes after. Any cursor
    /// beats it; it beats <see cref="Last"/>. Default: false.
    /// </summary>
    public bool Snapshot { get; init; }

    /// <summary>What to do when events that the reader has not had are trimmed. Default: tell a gap and go on.</summary>
    public FallenBehind WhenFallenBehind { get; init; } = FallenBehind.SignalGap;

    /// <summary>How long nothing may be written before a keep-alive. Default: <see cref="HubOptions.KeepAlive"/>.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>When the stream must end at the latest, such as with the reader's token. Default: never.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Who reads, for the limits and the lists of connections. Default: nobody in particular.</summary>
    public CallerIdentity Reader { get; init; }

    /// <summary>What has let the reader in, for those who may have to end its stream when that counts no more; null where nothing in particular did.</summary>
    internal object? AdmittedBy { get; init; }

    /// <summary>By what a revocation may mean the reader besides its address; null where nothing is known of it.</summary>
    internal CallerMarks? Marks { get; init; }

    /// <summary>Where the reader's connection comes from, for the list of connections; null in the same process.</summary>
    internal string? Address { get; init; }
}

/// <summary>What happens to a reader when events that it has not had are trimmed from the log.</summary>
public enum FallenBehind
{
    /// <summary>It is told the gap and goes on from the oldest event kept.</summary>
    SignalGap,

    /// <summary>Its stream ends; when it reconnects it is told the gap.</summary>
    Disconnect,
}
