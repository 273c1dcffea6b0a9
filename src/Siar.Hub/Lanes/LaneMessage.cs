namespace Siar.Hub;

/// <summary>A message posted to a lane from outside its loop.</summary>
internal readonly record struct LaneMessage(LaneMessageKind Kind, Subscriber? Subscriber, EndReason Reason, SharedPage? Page)
{
    /// <summary>What a <see cref="LaneMessageKind.TakeSnapshot"/> is to fill.</summary>
    public LaneSnapshot? Snapshot { get; private init; }

    /// <summary>Whom a <see cref="LaneMessageKind.CloseSome"/> means. Called on the lane's loop.</summary>
    public Func<Subscriber, bool>? IsMeant { get; private init; }

    /// <summary>What a reader is told whose stream is to end; null where it is told nothing.</summary>
    public RevokedSignal? Signal { get; private init; }

    public static LaneMessage Add(Subscriber subscriber) => new(LaneMessageKind.Add, subscriber, default, null);

    public static LaneMessage Writable(Subscriber subscriber) => new(LaneMessageKind.Writable, subscriber, default, null);

    public static LaneMessage Close(Subscriber subscriber, EndReason reason, RevokedSignal? signal = null) => new(LaneMessageKind.Close, subscriber, reason, null) { Signal = signal };

    /// <summary>A page that the subscriber asked for; null when the log could not be read.</summary>
    public static LaneMessage PageRead(Subscriber subscriber, SharedPage? page) => new(LaneMessageKind.PageRead, subscriber, default, page);

    public static LaneMessage Drain() => new(LaneMessageKind.Drain, null, EndReason.Draining, null);

    public static LaneMessage TakeSnapshot(LaneSnapshot snapshot) => new(LaneMessageKind.TakeSnapshot, null, default, null) { Snapshot = snapshot };

    public static LaneMessage CloseSome(Func<Subscriber, bool> isMeant, RevokedSignal signal) =>
        new(LaneMessageKind.CloseSome, null, signal.Ended, null) { IsMeant = isMeant, Signal = signal };
}

internal enum LaneMessageKind
{
    Add,
    Writable,
    Close,
    PageRead,

    /// <summary>To all: end every stream.</summary>
    Drain,

    /// <summary>Look at every subscriber once.</summary>
    TakeSnapshot,

    /// <summary>End the streams that are meant, of those that are the lane's.</summary>
    CloseSome,
}

/// <summary>Where messages to a lane are posted. May be called from any thread; never waits.</summary>
internal interface ILaneInbox
{
    void Post(LaneMessage message);
}
