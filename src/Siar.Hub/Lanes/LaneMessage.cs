namespace Siar.Hub;

/// <summary>A message posted to a lane from outside its loop.</summary>
internal readonly record struct LaneMessage(LaneMessageKind Kind, Subscriber? Subscriber, EndReason Reason, SharedPage? Page)
{
    /// <summary>What a <see cref="LaneMessageKind.Survey"/> is to fill.</summary>
    public LaneSurvey? Survey { get; private init; }

    /// <summary>Whom a <see cref="LaneMessageKind.CloseNumber"/> means.</summary>
    public long Number { get; private init; }

    public static LaneMessage Add(Subscriber subscriber) => new(LaneMessageKind.Add, subscriber, default, null);

    public static LaneMessage Writable(Subscriber subscriber) => new(LaneMessageKind.Writable, subscriber, default, null);

    public static LaneMessage Close(Subscriber subscriber, EndReason reason) => new(LaneMessageKind.Close, subscriber, reason, null);

    /// <summary>A page that the subscriber asked for; null when the log could not be read.</summary>
    public static LaneMessage PageRead(Subscriber subscriber, SharedPage? page) => new(LaneMessageKind.PageRead, subscriber, default, page);

    public static LaneMessage Drain() => new(LaneMessageKind.Drain, null, EndReason.Draining, null);

    public static LaneMessage Look(LaneSurvey survey) => new(LaneMessageKind.Survey, null, default, null) { Survey = survey };

    public static LaneMessage CloseNumbered(long number) => new(LaneMessageKind.CloseNumber, null, EndReason.Requested, null) { Number = number };
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
    Survey,

    /// <summary>End the stream with a number, if it is one of the lane's.</summary>
    CloseNumber,
}

/// <summary>Where messages to a lane are posted. May be called from any thread; never waits.</summary>
internal interface ILaneInbox
{
    void Post(LaneMessage message);
}
