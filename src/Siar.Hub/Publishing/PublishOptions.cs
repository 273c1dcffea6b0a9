using System.Collections.Immutable;

namespace Siar.Hub;

/// <summary>What a publisher asks for besides its events. Immutable.</summary>
public sealed record PublishOptions
{
    /// <summary>
    /// Names the publish: sent again with the same key within <see cref="HubOptions.IdempotencyLifetime"/>, it is answered as it was the
    /// first time, and not done again; also across restarts, where the log is durable. Default: null, no such promise.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Whose key it is: keys of different publishers are different. Default: nobody in particular.</summary>
    public CallerIdentity Publisher { get; init; }

    /// <summary>What earlier builds called the publisher in the log; null where they did not know one.</summary>
    internal string? FormerPublisher { get; init; }

    /// <summary>What must be so of the first event's canonical topic. Default: null, nothing.</summary>
    public PublishCondition? Condition { get; init; }

    /// <summary>What the log is asked for.</summary>
    internal Append ToAppend(ImmutableArray<Event> batch, TimeSpan keepFor) => new(batch)
    {
        Condition = Condition,
        Idempotency = IdempotencyKey is null ? null : new IdempotencyKey(Publisher.ToScope(), IdempotencyKey, EventFingerprint.Of(batch), keepFor) { FormerScope = FormerPublisher ?? (Publisher.Kind is CallerAuthority.Application ? Publisher.Name : null) },
    };
}

/// <summary>What was published.</summary>
/// <param name="Events">The events as they stand in the log, in order.</param>
/// <param name="IsRepeat">Whether an earlier publish with the same key has published them, and this one has not.</param>
public sealed record Published(ImmutableArray<LoggedEvent> Events, bool IsRepeat);
