namespace Siar.Hub;

/// <summary>
/// A cursor, what it wants, and an outlet: no queue of its own. After it was handed to its lane, the lane alone touches it, but for
/// <see cref="Ended"/> and <see cref="Close"/>.
/// </summary>
internal sealed class Subscriber(SubscribeRequest request, Outlet outlet, ILaneInbox lane)
{
    private readonly TaskCompletionSource<EndReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SubscribeRequest Request { get; private set; } = request;

    public Outlet Outlet { get; } = outlet;

    /// <summary>Names it among the hub's streams.</summary>
    public long Number { get; init; }

    /// <summary>Completes when the lane has let go of the outlet for good, with the reason.</summary>
    public Task<EndReason> Ended => _ended.Task;

    // What the reader has.

    /// <summary>Every event that it wants, up to this position, was written. While it is level the lane's head stands for it.</summary>
    public long Cursor { get; set; }

    /// <summary>The position that the last id written to it stands for; -1 while it was given none.</summary>
    public long SentThrough { get; set; } = -1;

    /// <summary>Whether anything that carries an id was written to it.</summary>
    public bool HasBegun { get; set; }

    /// <summary>Why events are missing before its first one; null once told, or where none are.</summary>
    public GapReason? PendingGap { get; set; }

    /// <summary>Whether it asked for whatever is kept, so that what was trimmed before it came is no gap.</summary>
    public bool TakesWhatIsKept { get; init; }

    /// <summary>Whether events that it asked for were gone when it was prepared, which the head of an answer may tell. It is told in the stream all the same.</summary>
    public bool HadGap { get; init; }

    /// <summary>What was trimmed when it was last told a gap, or took what is kept: only what is trimmed beyond is another gap. Null where nothing was, and once it is level.</summary>
    public Losses? KnownTrimmed { get; set; }

    /// <summary>
    /// Up to here it reads from the log, though the window may have more: what the limits had dropped when it came is not for it. What is trimmed
    /// later, while it reads on, the window may give it.
    /// </summary>
    public long FromLogThrough { get; init; }

    /// <summary>Whether it has been level with the lane's head once.</summary>
    public bool WasLevel { get; set; }

    /// <summary>Whether it stands where it began, so that what is trimmed now is as if it had been before.</summary>
    public bool IsBeginning => !HasBegun && !WasLevel;

    /// <summary>What it gets before anything else, while it has not had all of it; its cursor goes through that first.</summary>
    public EventSelection? Prelude { get; set; }

    /// <summary>Which of its exact topics is looked at next for having been closed before its cursor.</summary>
    public int NextClosing { get; set; } = int.MaxValue;

    /// <summary>Whether it may have to be told of topics that were closed.</summary>
    public bool OwesClosings => NextClosing != int.MaxValue;

    /// <summary>Whether there is nothing to come after its cursor, now or ever: all its topics were closed before. Known before it is attached.</summary>
    public bool IsOver { get; init; }

    /// <summary>Whether it may be told who comes and goes, and is counted as one that listens.</summary>
    public bool IsListener { get; init; }

    /// <summary>The newest pause of that when it was prepared: what came before it is no gap for one that begins with what is new.</summary>
    public long PausedThrough { get; init; }

    /// <summary>How many events were written to it.</summary>
    public long EventsSent { get; set; }

    /// <summary>Their bytes.</summary>
    public long BytesSent { get; set; }

    // Where its lane keeps it.

    public SubscriberState State { get; set; }

    /// <summary>Whether it stands in the lane's queue of those that were level; perhaps from before, and is passed over then.</summary>
    public bool IsInLive { get; set; }

    /// <summary>The same of the queue of those that are behind.</summary>
    public bool IsInBehind { get; set; }

    public InterestGroup? Group { get; set; }

    /// <summary>Its place in the lane's list of all.</summary>
    public int Index { get; set; }

    /// <summary>Its place among the level ones of its group.</summary>
    public int LevelIndex { get; set; }

    /// <summary>The page of the log that it reads from, while it is below the window.</summary>
    public LogPageLease? Page { get; set; }

    // When, in seconds of the hub's clock.

    public int JoinedAt { get; set; }

    public int KeepAliveSeconds { get; set; }

    public int LastWrite { get; set; }

    public int FullSince { get; set; }

    public int EndsAt { get; set; }

    /// <summary>Lets its own copy of what others of its lane want as well be collected: ten thousand readers of a topic hold it once.</summary>
    public void Share(Interest interest)
    {
        // Only where it is the same list, so that nobody's request changes. Closed topics are told in the order of the interest, which its first reader gave.
        if (!Request.Matchers.Matchers.SequenceEqual(interest.Matchers.Matchers)) return;
        Request = Request with { Matchers = interest.Matchers, Grants = interest.Grants };
    }

    /// <summary>Hands the subscriber to its lane.</summary>
    public void Join() => lane.Post(LaneMessage.Add(this));

    /// <summary>Asks the lane to end the stream properly. May be called from any thread, also late.</summary>
    public void Close(EndReason reason) => lane.Post(LaneMessage.Close(this, reason));

    /// <summary>Says that the lane has let go.</summary>
    public void MarkEnded(EndReason reason) => _ended.TrySetResult(reason);
}

/// <summary>Where a subscriber is in its lane.</summary>
internal enum SubscriberState
{
    /// <summary>Not in the lane yet.</summary>
    New,

    /// <summary>It has everything up to the lane's head.</summary>
    Level,

    /// <summary>It waits for its turn to be written to.</summary>
    Queued,

    /// <summary>It was taken from the queue and is being written to; another entry of it in a queue is passed over meanwhile.</summary>
    Serving,

    /// <summary>Its outlet can take nothing more.</summary>
    Full,

    /// <summary>It waits for a page of the log.</summary>
    Reading,

    /// <summary>It begins at a position that the lane has not come to.</summary>
    Ahead,

    /// <summary>The lane has let go of it.</summary>
    Ended,
}
