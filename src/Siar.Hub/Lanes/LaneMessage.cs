namespace Siar.Hub;

/// <summary>Word to a lane from outside its loop.</summary>
internal readonly record struct LaneMessage(LaneMessageKind Kind, Subscriber? Subscriber, EndReason Reason, LogPageLease? Page)
{
    public static LaneMessage Add(Subscriber subscriber) => new(LaneMessageKind.Add, subscriber, default, null);

    public static LaneMessage Writable(Subscriber subscriber) => new(LaneMessageKind.Writable, subscriber, default, null);

    public static LaneMessage Close(Subscriber subscriber, EndReason reason) => new(LaneMessageKind.Close, subscriber, reason, null);

    /// <summary>A page that the subscriber asked for; null when the log could not be read.</summary>
    public static LaneMessage PageRead(Subscriber subscriber, LogPageLease? page) => new(LaneMessageKind.PageRead, subscriber, default, page);

    public static LaneMessage Drain() => new(LaneMessageKind.Drain, null, EndReason.Draining, null);
}

internal enum LaneMessageKind
{
    Add,
    Writable,
    Close,
    PageRead,

    /// <summary>To all: end every stream.</summary>
    Drain,
}

/// <summary>Where word to a lane is left. May be called from any thread; never waits.</summary>
internal interface ILaneInbox
{
    void Post(LaneMessage message);
}
