using Siar.Hub;

namespace Siar.EntityFrameworkCore;

/// <summary>
/// An event that is published with <c>SaveChanges</c>: an entity of the model, which <see cref="OutboxModelBuilderExtensions.UseSiarOutbox"/> adds. It is
/// written once and never read: a query finds none.
/// </summary>
public sealed class OutboxEvent
{
    private static long _made;

    internal OutboxEvent(Event content, string idempotencyKey, string log)
    {
        if (content.IsClosing) throw new ArgumentException("A topic cannot be closed in a transaction: close it through a hub.", nameof(content));
        Topics = [.. content.Topics.Select(t => t.Value)];
        Data = content.GetText();
        Id = content.Id.IsNone ? null : content.Id.Value;
        Type = content.Type.IsNone ? null : content.Type.Value;
        RetryMilliseconds = content.RetryMilliseconds;
        IsPrivate = content.IsPrivate;
        Key = content.Key;
        IdempotencyKey = idempotencyKey;
        Log = log;
    }

    // For Entity Framework Core, which wants to be able to make one.
    private OutboxEvent()
    {
    }

    /// <summary>The entity's key, from 1, rising in this process: rows are inserted in its order, which is that of publishing. It is not kept.</summary>
    public long Number { get; private init; } = Interlocked.Increment(ref _made);

    /// <summary>The canonical topic, then the alternates.</summary>
    public string[] Topics { get; private init; } = [];

    /// <summary>The text.</summary>
    public string Data { get; private init; } = "";

    /// <summary>The publisher's own id; null where the hub makes one.</summary>
    public string? Id { get; private init; }

    /// <summary>The type; null where it has none.</summary>
    public string? Type { get; private init; }

    /// <summary>How long a reader waits before it reconnects, in milliseconds, from 0; null leaves the reader's own value.</summary>
    public int? RetryMilliseconds { get; private init; }

    /// <summary>Whether only subscribers with a grant get it.</summary>
    public bool IsPrivate { get; private init; }

    /// <summary>What it is the newest state of; null where it is not a state.</summary>
    public string? Key { get; private init; }

    /// <summary>Names the publish: of several with the same key by one role within a day the first counts.</summary>
    public string IdempotencyKey { get; private init; } = "";

    /// <summary>The log, by its name.</summary>
    public string Log { get; private init; } = "";
}
