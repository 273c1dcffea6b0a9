using System.Collections.Concurrent;

namespace Siar.Hub;

/// <summary>
/// One single-threaded loop that owns a share of the subscribers, and schedules them: what they are and do is <see cref="Subscriber"/>'s. A turn takes
/// messages, comes up to the window's head, serves some of those that have something coming and looks after deadlines; each part is bounded, so that
/// none starves another:
/// <code>
/// messages ─┐             ┌─ live ──(an event matches)───> live queue ───┐
/// head ─────┼─> a turn ─> │                                              ├─> one write of at most 64 KiB ─> live, behind or full
/// deadlines ┘             └─ full ──(outlet drained)─────> behind queue ─┘
/// </code>
/// Publish to outlet allocates nothing per subscriber and takes no lock: those that are live are found through the index, moved between lists, and
/// written the same gathered frames as their neighbours. A failure while one is served ends its own stream and nobody else's.
/// </summary>
internal sealed class Lane : ILaneInbox
{
    private readonly LaneContext _context;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Written by anybody.
    private readonly ConcurrentQueue<LaneMessage> _inbox = new();

    // Touched by the loop only.
    private readonly LaneView _view;
    private readonly InterestGroups _groups;
    private readonly List<Subscriber> _all = [];
    private readonly LaneLists _lists = new();
    private readonly LaneDispatch _dispatch;
    private readonly DeadlineQueue _deadlines = new();
    private readonly LaneBatch _batch = new();
    private readonly LaneSnapshotQueue _snapshots;
    private readonly Queue<LaneMessage> _closing = new();
    private bool _draining;

    /// <summary>Makes a lane that begins at the window's head.</summary>
    /// <param name="context">What the lanes share.</param>
    public Lane(LaneContext context)
    {
        _context = context;
        _view = new LaneView(context);
        _groups = new InterestGroups(context);
        _dispatch = new LaneDispatch(context, _view, _groups, _lists);
        _snapshots = new LaneSnapshotQueue(context, _groups, _all);
    }

    /// <summary>Called from any thread when there is something to do. Set once, before the lane is used.</summary>
    public Action Wake { get; set; } = () => { };

    public LaneCounters Counters => _view.Counters;

    /// <summary>The hub's clock.</summary>
    public HubClock Clock => _context.Clock;

    /// <summary>Completes when the lane was told to drain and no stream is left.</summary>
    public Task Drained => _drained.Task;

    /// <summary>When there is something to do at the latest, in milliseconds of the hub's clock. The loop's thread asks between two turns.</summary>
    public long NextDeadline => _draining ? long.MaxValue : _deadlines.Next;

    /// <inheritdoc />
    public void Post(LaneMessage message)
    {
        _inbox.Enqueue(message);
        Wake();
    }

    /// <summary>Does a bounded amount of work. Whoever has the loop's turn alone calls it.</summary>
    /// <returns>Whether there is more to do at once.</returns>
    public bool Turn()
    {
        _view.Now = _context.Clock.Milliseconds;
        if (_context.Window.LostEpochs != _view.Gatherer.LostEpochs) LoseEpoch();
        TakeMessages();
        CloseSome();
        _dispatch.AdvanceTo(_context.Window.Head);
        ServeLive(_context.Tuning.LiveWrites);
        ServeBehind(_context.Tuning.BehindWrites);
        if (_draining) DrainSome();
        else WatchDeadlines();
        _snapshots.Continue(_view.Head);
        return EndTurn();
    }

    /// <summary>Does a turn on the thread of a publisher, who owns the lane meanwhile: what was just published goes to the few that it is for, by plain writes.</summary>
    /// <param name="more">Whether there is more to do at once.</param>
    /// <returns>Whether the turn was done: only where there is nothing else to do, and the writes are few and none of them runs another's code.</returns>
    public bool TryTurnInPlace(out bool more)
    {
        more = true;
        var head = _context.Window.Head;
        if (!IsTurnShort(head)) return false;
        _dispatch.AdvanceTo(head);
        _view.IsServingLive = true;
        for (var left = _lists.Matched.Count; left > 0 && _lists.Matched.First is { } subscriber; left--) Serve(subscriber);
        _view.IsServingLive = false;
        more = EndTurn();
        return true;
    }

    /// <summary>Whether a turn now would be a short one, that <see cref="TryTurnInPlace"/> would do. Whoever has the loop's turn alone asks.</summary>
    public bool IsTurnShort() => IsTurnShort(_context.Window.Head);

    private bool IsTurnShort(long head)
    {
        _view.Now = _context.Clock.Milliseconds;
        return _inbox.IsEmpty && _closing.Count == 0 && _lists.AreQueuesEmpty && !_draining && _snapshots.IsEmpty && NextDeadline > _view.Now
            && _context.Window.LostEpochs == _view.Gatherer.LostEpochs && _dispatch.AreForFew(head);
    }

    private bool EndTurn()
    {
        Counters.SetSubscribers(_all.Count, _lists.Live);
        var more = !_inbox.IsEmpty || _closing.Count > 0 || !_lists.AreQueuesEmpty || _view.Head < _context.Window.Head
            || _context.Window.LostEpochs != _view.Gatherer.LostEpochs || NextDeadline <= _view.Now || !_snapshots.IsEmpty || (_draining && _all.Count > 0);
        if (!more) _view.Gatherer.Forget();
        return more;
    }

    private void TakeMessages()
    {
        for (var i = 0; i < _context.Tuning.Messages && _inbox.TryDequeue(out var message); i++)
        {
            if (message.Subscriber is { } subscriber) Take(subscriber, message);
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
            case LaneMessageKind.TakeSnapshot:
                _snapshots.Add(message.Snapshot!);
                break;
            case LaneMessageKind.CloseSome:
                foreach (var subscriber in _all)
                {
                    if (message.IsMeant!(subscriber)) _closing.Enqueue(LaneMessage.Close(subscriber, message.Reason, message.Signal));
                }

                break;
        }
    }

    private void Take(Subscriber subscriber, LaneMessage message)
    {
        switch (message.Kind)
        {
            case LaneMessageKind.Add:
                Run(subscriber, this, static (s, _, lane) => lane.Add(s));
                break;
            case LaneMessageKind.Writable:
                Run(subscriber, static (s, view) => s.Resume(view));
                break;
            case LaneMessageKind.Close:
                Run(subscriber, message, static (s, view, message) => s.TakeClose(view, message.Reason, message.Signal));
                break;
            case LaneMessageKind.PageRead:
                Run(subscriber, message.Page, static (s, view, page) => s.TakePage(view, page));
                break;
        }
    }

    /// <summary>Ends streams in waves, so that the events of those that stay are written between.</summary>
    private void CloseSome()
    {
        for (var i = 0; i < _context.Tuning.Deadlines && _closing.TryDequeue(out var message); i++) Take(message.Subscriber!, message);
    }

    private void Add(Subscriber subscriber)
    {
        // It belongs to the lane once it has a group, and not before it is in the list.
        var group = _groups.Join(subscriber, _view.Head);
        subscriber.Index = _all.Count;
        _all.Add(subscriber);
        subscriber.Group = group;
        subscriber.Attach(_view);
        if (subscriber.LostEpochs != _view.Gatherer.LostEpochs) subscriber.End(EndReason.Failed, _view.RetryDelay());
        if (subscriber.Phase is not SubscriberPhase.Ended) _deadlines.Set(subscriber, subscriber.NextDeadline(_view));
    }

    /// <summary>What stands behind some position was lost, and given anew: each reader comes back with its cursor, and is told what of it is another epoch.</summary>
    private void LoseEpoch()
    {
        _view.Gatherer.LostEpochs = _context.Window.LostEpochs;
        _view.Gatherer.Forget();
        while (_all.Count > 0) Run(_all[^1], static (s, view) => s.End(EndReason.Failed, view.RetryDelay()));
        _view.Head = _context.Window.Head;
    }

    private void ServeLive(int writes)
    {
        _view.IsServingLive = true;
        while (writes > 0 && _lists.Matched.First is { } first)
        {
            _batch.Fill(_lists.Matched, writes, _view.Head);
            writes -= _batch.Subscribers.Length;
            if (_batch.Subscribers.Length == 1 || !TryWriteToBatch(first))
            {
                foreach (var subscriber in _batch.Subscribers) Serve(subscriber);
            }

            _batch.Clear();
        }

        _view.IsServingLive = false;
    }

    private void ServeBehind(int writes)
    {
        for (var i = 0; i < writes && _lists.Behind.First is { } subscriber; i++) Serve(subscriber);
    }

    private void Serve(Subscriber subscriber)
    {
        _lists.Remove(subscriber);
        Run(subscriber, static (s, view) => s.Serve(view));
    }

    /// <summary>Writes to all subscribers of the batch with one call. False where they are to be served one by one: the window has nothing for them, or the call failed.</summary>
    private bool TryWriteToBatch(Subscriber first)
    {
        try
        {
            if (!_view.Gatherer.TryGather(first.Group!, first.Cursor, _view.Head) || _view.Gatherer.Frames.IsEmpty) return false;
            _batch.Write(_view.Gatherer.Frames);
            _view.WrittenAt = _context.Clock.Time.GetTimestamp();
        }
        catch (Exception failure)
        {
            // Each is still served, and whatever is wrong with one of them ends its own stream then.
            _context.OnFailure(failure);
            if (_batch.Results.IsEmpty) return false;
        }

        for (var i = 0; i < _batch.Subscribers.Length; i++) TakeResult(_batch.Subscribers[i], _batch.Results[i]);
        _view.WrittenAt = null;
        return true;
    }

    private void TakeResult(Subscriber subscriber, in WriteResult result)
    {
        if (!result.IsDone)
        {
            Serve(subscriber);
            return;
        }

        _lists.Remove(subscriber);
        if (result.Failure is { } failure) Fail(subscriber, failure);
        else Run(subscriber, result, static (s, view, result) => s.RecordWrite(view, view.Gatherer.Frames, result));
    }

    /// <summary>Keep-alives, lifetimes, and peers that have stopped reading: of those alone whose time has come, some in a turn.</summary>
    private void WatchDeadlines()
    {
        for (var i = 0; i < _context.Tuning.Deadlines && _deadlines.TakeDue(_view.Now) is { } subscriber; i++)
        {
            Run(subscriber, static (s, view) => s.OnDeadline(view));
            // Whatever the clock says, not again in this turn.
            if (subscriber.Phase is not SubscriberPhase.Ended) _deadlines.Set(subscriber, Math.Max(subscriber.NextDeadline(_view), _view.Now + 1));
        }
    }

    /// <summary>Ends streams in waves, so that the messages of those that still come are taken between.</summary>
    private void DrainSome()
    {
        for (var i = 0; i < _context.Tuning.Deadlines && _all.Count > 0; i++)
            Run(_all[^1], static (s, view) => s.End(EndReason.Draining, view.RetryDelay()));
        if (_all.Count == 0) _drained.TrySetResult();
    }

    private void Run(Subscriber subscriber, Action<Subscriber, LaneView> input) => Run(subscriber, input, static (s, view, input) => input(s, view));

    /// <summary>Gives a subscriber an input, and puts it where its phase then belongs. Its failure ends its own stream and nobody else's.</summary>
    private void Run<T>(Subscriber subscriber, T argument, Action<Subscriber, LaneView, T> input)
    {
        var phase = subscriber.Phase;
        try
        {
            input(subscriber, _view, argument);
            // One that has had its turn and is still queued goes behind the others.
            if (subscriber.Phase != phase || (phase is SubscriberPhase.Queued && subscriber.List is null)) Place(subscriber);
        }
        catch (Exception failure)
        {
            Fail(subscriber, failure);
        }
    }

    private void Place(Subscriber subscriber)
    {
        _lists.Remove(subscriber);
        switch (subscriber.Phase)
        {
            case SubscriberPhase.Queued:
                _lists.Behind.Add(subscriber);
                break;
            case SubscriberPhase.Live:
                _lists.AddLive(subscriber);
                break;
            case SubscriberPhase.Ahead:
                _lists.Ahead.Add(subscriber);
                break;
            case SubscriberPhase.Loading:
                _context.Pages.Request(subscriber, this, subscriber.NeededPage);
                break;
            case SubscriberPhase.Full:
                _deadlines.Hasten(subscriber, subscriber.NextDeadline(_view));
                break;
            case SubscriberPhase.Ended:
                Remove(subscriber);
                break;
        }
    }

    private void Fail(Subscriber subscriber, Exception failure)
    {
        _context.OnFailure(failure);
        try
        {
            subscriber.Abort(EndReason.Failed);
        }
        catch (Exception second)
        {
            _context.OnFailure(second);
        }

        Remove(subscriber);
    }

    private void Remove(Subscriber subscriber)
    {
        // One that failed while it was taken in is in no list yet. Whoever waits for its end, and its patterns, are waited for all the same.
        if (subscriber.Group is { } group)
        {
            _lists.Remove(subscriber);
            _deadlines.Remove(subscriber);
            var last = _all[^1];
            _all[subscriber.Index] = last;
            last.Index = subscriber.Index;
            _all.RemoveAt(_all.Count - 1);
            subscriber.Group = null;
            _groups.Leave(group);
        }

        _context.Patterns.Return(subscriber.Request.Matchers);
        if (subscriber.IsListener) _context.Presence!.EndListening();
        Counters.AddEnded(subscriber.Reason);
        try
        {
            subscriber.MarkEnded();
        }
        catch (Exception failure)
        {
            // What whoever waits does is nothing of the lane's.
            _context.OnFailure(failure);
        }
    }
}
