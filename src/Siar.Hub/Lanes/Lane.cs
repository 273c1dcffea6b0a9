using System.Collections.Concurrent;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// One single-threaded loop that owns a share of the subscribers. A turn takes messages, comes up to the window's head, writes to some
/// of those that have something coming and looks after deadlines; each part is bounded, so that none starves another:
/// <code>
/// messages ─┐             ┌─ level ──(an event matches)──> live queue ─┐
/// head ─────┼─> a turn ─> │                                            ├─> one write of at most 64 KiB ─> level, behind or full
/// deadlines ┘             └─ full ───(outlet writable)───> behind queue┘
/// </code>
/// Publish to outlet allocates nothing per subscriber and takes no lock: what is level is found through the index, moved between lists
/// of references, and handed the same gathered frames as its neighbours.
/// </summary>
internal sealed partial class Lane : ILaneInbox
{
    private readonly LaneContext _context;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Written by anybody.
    private readonly ConcurrentQueue<LaneMessage> _inbox = new();

    // Touched by the loop only.
    private readonly TopicIndex<InterestGroup> _index = new();
    private readonly Dictionary<Interest, InterestGroup> _groups = [];
    private readonly List<InterestGroup> _met = [];
    private readonly List<Subscriber> _all = [];
    private readonly List<Subscriber> _ahead = [];
    private readonly Queue<Subscriber> _live = new();
    private readonly Queue<Subscriber> _behind = new();
    private readonly FrameGatherer _gatherer;
    private long _head;
    private int _level;
    private int _now;
    private int _sweptAt;
    private int _sweepNext;
    private bool _draining;
    private bool _isServingLive;

    /// <summary>Makes a lane that begins at the window's head.</summary>
    /// <param name="context">What the lanes share.</param>
    public Lane(LaneContext context)
    {
        _context = context;
        _head = context.Window.Head;
        _gatherer = new FrameGatherer(context.Window, context.Tuning);
        _now = context.Clock.Seconds;
        _sweptAt = _now;
    }

    /// <summary>Called from any thread when there is something to do. Set once, before the lane is used.</summary>
    public Action Wake { get; set; } = () => { };

    public LaneCounters Counters { get; } = new();

    /// <summary>How many entries the queues of those that have something coming hold: at most two of a subscriber.</summary>
    internal int Queued => _live.Count + _behind.Count;

    /// <summary>Completes when the lane was told to drain and no stream is left.</summary>
    public Task Drained => _drained.Task;

    /// <inheritdoc />
    public void Post(LaneMessage message)
    {
        _inbox.Enqueue(message);
        Wake();
    }

    /// <summary>Does a bounded amount of work. The loop's thread alone calls it.</summary>
    /// <returns>Whether there is more to do at once.</returns>
    public bool Turn()
    {
        _now = _context.Clock.Seconds;
        TakeMessages();
        ComeUpToHead();
        _isServingLive = true;
        ServeLive(_context.Tuning.LiveWrites);
        _isServingLive = false;
        ServeBehind(_context.Tuning.BehindWrites);
        if (_draining) DrainSome();
        else WatchDeadlines();
        GoOnWithSurvey();
        Counters.SetSubscribers(_all.Count, _level);
        var more = !_inbox.IsEmpty || _live.Count > 0 || _behind.Count > 0 || _head < _context.Window.Head || _sweepNext > 0 || _surveys.Count > 0
            || (_draining && _all.Count > 0);
        if (!more) _gatherer.Forget();
        return more;
    }

    private void TakeMessages()
    {
        for (var i = 0; i < _context.Tuning.Messages && _inbox.TryDequeue(out var message); i++)
        {
            if (message.Subscriber is not null) Take(message);
            else TakeForAll(message);
        }
    }

    private void TakeForAll(LaneMessage message)
    {
        switch (message.Kind)
        {
            case LaneMessageKind.Drain:
                _draining = true;
                break;
            case LaneMessageKind.Survey:
                _surveys.Enqueue(message.Survey!);
                break;
            case LaneMessageKind.CloseNumber:
                CloseNumber(message.Number);
                break;
        }
    }

    private void Take(LaneMessage message)
    {
        var subscriber = message.Subscriber!;
        try
        {
            switch (message.Kind)
            {
                case LaneMessageKind.Add:
                    Add(subscriber);
                    break;
                case LaneMessageKind.Writable:
                    OnWritable(subscriber);
                    break;
                case LaneMessageKind.Close:
                    Close(subscriber, message.Reason);
                    break;
                case LaneMessageKind.PageRead:
                    OnPageRead(subscriber, message.Page);
                    break;
            }
        }
        catch (Exception failure)
        {
            Fail(subscriber, failure);
        }
    }

    /// <summary>Finds, event by event, the groups that an event concerns, and queues those of their subscribers that are level.</summary>
    private void ComeUpToHead()
    {
        var head = _context.Window.Head;
        if (head == _head) return;

        var blocks = _context.Window.Blocks;
        if (_head < blocks[0].After) LeaveWindow(head);
        else Dispatch(blocks, head);

        for (var i = _ahead.Count - 1; i >= 0; i--)
        {
            if (_ahead[i].Cursor <= _head) Requeue(TakeAhead(i));
        }
    }

    private void Dispatch(FrameBlock[] blocks, long head)
    {
        var from = _head;
        var left = _context.Tuning.Events;
        for (var i = FirstBlock(blocks, from); i < blocks.Length && left > 0; i++)
        {
            var block = blocks[i];
            var count = block.Count;
            for (var j = block.FirstAfter(from); j < count && left > 0; j++, left--)
            {
                var logged = block.Entry(j).Event;
                if (logged.Position > head) break;
                Meet(logged, from);
                _head = logged.Position;
            }
        }

        if (left > 0) _head = head;
    }

    private void Meet(LoggedEvent logged, long from)
    {
        _met.Clear();
        try
        {
            _index.Match(logged.Content.Topics, _met);
        }
        catch (Exception failure)
        {
            // Any group may want the event: each of them looks for itself.
            _context.OnFailure(failure);
            _met.Clear();
            foreach (var group in _groups.Values)
            {
                group.ForgetRecent(logged.Position);
                group.MayBeClosed |= logged.Content.IsClosing;
                QueueLevel(group, from);
            }
        }

        foreach (var group in _met)
        {
            if (Concerns(group, logged)) QueueLevel(group, from);
        }
    }

    // Where a group's own test fails its subscribers look for themselves, each guarded, and no other group waits behind the event.
    private bool Concerns(InterestGroup group, LoggedEvent logged)
    {
        try
        {
            if (logged.Content.IsClosing) group.LookForClosings(_context.Log, logged.Position);
            if (!group.Interest.MayHave(logged)) return group.IsClosed;
            group.Note(logged.Position);
            return true;
        }
        catch (Exception failure)
        {
            _context.OnFailure(failure);
            group.ForgetRecent(logged.Position);
            group.MayBeClosed |= logged.Content.IsClosing;
            return true;
        }
    }

    private void QueueLevel(InterestGroup group, long from)
    {
        foreach (var subscriber in group.Level) Queue(subscriber, from);
        _level -= group.Level.Count;
        group.Level.Clear();
    }

    // The window was turned over before this lane came round: everybody reads on from where the lane was.
    private void LeaveWindow(long head)
    {
        foreach (var subscriber in _all)
        {
            if (subscriber.State is SubscriberState.Level) Queue(subscriber, _head);
        }

        foreach (var group in _groups.Values)
        {
            group.Level.Clear();
            group.ForgetRecent(head);
            group.MayBeClosed = true;
        }

        _level = 0;
        _head = head;
    }

    private void Queue(Subscriber subscriber, long cursor)
    {
        subscriber.Cursor = cursor;
        subscriber.State = SubscriberState.Queued;
        if (subscriber.IsInLive) return;
        subscriber.IsInLive = true;
        _live.Enqueue(subscriber);
    }

    private static int FirstBlock(FrameBlock[] blocks, long after)
    {
        var i = blocks.Length - 1;
        while (i > 0 && blocks[i].After > after) i--;
        return i;
    }
}
