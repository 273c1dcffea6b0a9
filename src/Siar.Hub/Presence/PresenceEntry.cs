namespace Siar.Hub;

/// <summary>
/// A reader whose coming and going others may be told of, with an event for each of its subscriptions. What it says of itself is immutable;
/// the rest is the queue's.
/// </summary>
internal abstract class PresenceEntry
{
    /// <summary>Its name; see <see cref="ReaderId"/>.</summary>
    public Guid Id { get; init; }

    /// <summary>How many events its coming is, and its going.</summary>
    public abstract int Subscriptions { get; }

    /// <summary>Where the reader's connection comes from; null where that is not known.</summary>
    public string? Address { get; init; }

    /// <summary>Who the reader is to the limits.</summary>
    public CallerIdentity Reader { get; init; }

    /// <summary>Bytes that the event about one subscription has at most.</summary>
    public abstract int BytesOf(int subscription);

    /// <summary>Makes the event about one subscription.</summary>
    public abstract Event MakeEvent(int subscription, bool isActive);

    /// <summary>One of its subscriptions.</summary>
    public abstract PresenceSubscription Describe(int subscription);

    /// <summary>The same reader under another name.</summary>
    public abstract PresenceEntry Renew(Guid id);

    /// <summary>What its coming takes, or its going. Costs the time to look at each subscription: ask outside any lock.</summary>
    public PresenceSize Measure()
    {
        var size = default(PresenceSize);
        for (var i = 0; i < Subscriptions; i++) size += PresenceSize.OfEvent(BytesOf(i));
        return size;
    }

    /// <summary>Its stream, where it has come. Guarded by the lock of <see cref="LocalReaders"/>.</summary>
    public LocalReaders.Seat? Seat { get; set; }

    // Guarded by the queue's lock.

    /// <summary>Its coming, while that waits in the queue.</summary>
    public PresenceChange? Coming { get; set; }

    /// <summary>Whether somebody was shown it in a list, and so must be told when it goes.</summary>
    public bool IsListed { get; set; }

    /// <summary>Whether it has gone.</summary>
    public bool HasLeft { get; set; }
}

/// <summary>A coming or going that waits to be told. Guarded by the queue's lock.</summary>
internal sealed class PresenceChange(PresenceEntry entry, bool isActive, PresenceSize size, double due, long number)
{
    public PresenceEntry Entry => entry;

    public bool IsActive => isActive;

    /// <summary>The subscription that is told of next.</summary>
    public int Next { get; set; }

    /// <summary>What is still to be told takes.</summary>
    public PresenceSize Left { get; set; } = size;

    /// <summary>When it may be told, in seconds since the hub began.</summary>
    public double Due => due;

    /// <summary>Tells apart, and orders, what is due at the same time.</summary>
    public long Number => number;
}

/// <summary>How much events are: to the queue's bounds, and to the rates, for which one that is larger than 1 KiB counts once for each.</summary>
internal readonly record struct PresenceSize(int Events, long Bytes, double Amount)
{
    private const double BytesOfOne = 1_024;

    public static PresenceSize OfEvent(int bytes) => new(1, bytes, Math.Max(1, bytes / BytesOfOne));

    public static PresenceSize operator +(PresenceSize one, PresenceSize other) => new(one.Events + other.Events, one.Bytes + other.Bytes, one.Amount + other.Amount);

    public static PresenceSize operator -(PresenceSize one, PresenceSize other) => new(one.Events - other.Events, one.Bytes - other.Bytes, one.Amount - other.Amount);
}

/// <summary>An event that is to be made.</summary>
internal readonly record struct PresenceUpdate(PresenceEntry Entry, int Subscription, bool IsActive)
{
    public Event ToEvent() => Entry.MakeEvent(Subscription, IsActive);
}
