using System.Diagnostics;

namespace Siar.Hub;

/// <summary>
/// One reader: a cursor, what it wants, and an outlet; no queue of its own. It is a state machine that knows no lane: each input (its turn, a page, a
/// deadline) writes to the outlet what is due and ends in a phase, and <see cref="After"/> has every transition that there is. After it was handed to
/// its lane, the lane alone calls it, but for <see cref="Ended"/>, <see cref="Close(EndReason)"/> and <see cref="IOutletSignal"/>.
/// </summary>
internal sealed class Subscriber(SubscribeRequest request, Outlet outlet, ILaneInbox lane) : IOutletSignal
{
    private SubscriberEnd _end;

    public SubscribeRequest Request { get; private set; } = request;

    public Outlet Outlet { get; } = outlet;

    /// <summary>Names it among the hub's streams.</summary>
    public long Number { get; init; }

    /// <summary>Completes when the lane has let go of the outlet for good, with the reason.</summary>
    public Task<EndReason> Ended => _end.Wait();

    // Known when it is prepared.

    /// <summary>Whether events that it asked for were gone when it was prepared, which the head of an answer may tell. It is told in the stream all the same.</summary>
    public bool HadGap { get; init; }

    /// <summary>Whether there is nothing to come after its cursor, now or ever: all its topics were closed before. Known before it is attached.</summary>
    public bool IsOver { get; init; }

    /// <summary>Whether it may be told who comes and goes, and is counted as one that listens.</summary>
    public bool IsListener { get; init; }

    /// <summary>How many epochs had lost events when its cursor was found: after another one it may stand for what is gone.</summary>
    public int LostEpochs { get; init; }

    // What the reader has.

    public SubscriberPhase Phase { get; private set; }

    /// <summary>Why it has ended.</summary>
    public EndReason Reason { get; private set; }

    /// <summary>Every event that it wants, up to this position, was written. While it is live the lane's head stands for it.</summary>
    public long Cursor { get; set; }

    /// <summary>The position that the last id written to it stands for; -1 while it was given none.</summary>
    public long SentThrough { get; private set; } = -1;

    /// <summary>Whether anything that carries an id was written to it.</summary>
    public bool HasBegun => SentThrough >= 0;

    /// <summary>Whether it has been live once.</summary>
    public bool WasLive { get; private set; }

    /// <summary>Whether it stands where it began, so that what is trimmed now is as if it had been before.</summary>
    public bool IsBeginning => !HasBegun && !WasLive;

    /// <summary>What it must have or be told before it is live; null where that is nothing but what the window has.</summary>
    public Replay? Replay { get; set; }

    /// <summary>Whether nothing comes before, or instead of, what the window has for it.</summary>
    public bool HasNothingBefore => Replay is null || !Replay.IsDueAt(Cursor);

    /// <summary>How many events were written to it.</summary>
    public long EventsSent { get; private set; }

    /// <summary>Their bytes.</summary>
    public long BytesSent { get; private set; }

    // Where its lane keeps it; the lane and its lists set these.

    public InterestGroup? Group { get; set; }

    /// <summary>The list that it is in.</summary>
    public SubscriberList? List { get; set; }

    /// <summary>Its place there.</summary>
    public int Slot { get; set; }

    /// <summary>Its place in the lane's list of all.</summary>
    public int Index { get; set; }

    /// <summary>Its place among the lane's deadlines; -1 while it has none.</summary>
    public int DeadlineIndex { get; set; } = -1;

    /// <summary>When it was taken in, in seconds of the hub's clock.</summary>
    public int JoinedAt { get; private set; }

    // In milliseconds of the hub's clock.

    private long _lastWrite;
    private long _endsAt;
    private int _keepAlive;

    /// <summary>
    /// Every transition. An input that comes late (a page for a reader that filled up meanwhile, a signal of an outlet that has ended) changes nothing.
    /// </summary>
    public static SubscriberPhase After(SubscriberPhase phase, SubscriberInput input) => (phase, input) switch
    {
        (SubscriberPhase.Ended, _) or (_, SubscriberInput.StreamEnded) => SubscriberPhase.Ended,

        // Any write may fill the outlet: of events, of a gap, of a keep-alive, of the first bytes.
        (_, SubscriberInput.OutletFilled) => SubscriberPhase.Full,

        (SubscriberPhase.New, SubscriberInput.Attached) => SubscriberPhase.Queued,
        (SubscriberPhase.Queued, SubscriberInput.PageNeeded) => SubscriberPhase.Loading,
        (SubscriberPhase.Queued, SubscriberInput.HeadPassed) => SubscriberPhase.Ahead,
        (SubscriberPhase.Queued, SubscriberInput.CaughtUp) => SubscriberPhase.Live,
        (SubscriberPhase.Loading, SubscriberInput.PageLoaded) => SubscriberPhase.Queued,
        (SubscriberPhase.Ahead, SubscriberInput.HeadReached) => SubscriberPhase.Queued,
        (SubscriberPhase.Live, SubscriberInput.EventMatched) => SubscriberPhase.Queued,
        (SubscriberPhase.Full, SubscriberInput.OutletDrained) => SubscriberPhase.Queued,

        (_, SubscriberInput.PageLoaded or SubscriberInput.HeadReached or SubscriberInput.EventMatched or SubscriberInput.OutletDrained) => phase,
        _ => throw new UnreachableException($"A subscriber in the phase {phase} was given {input}."),
    };

    /// <summary>Its lane takes it in: the outlet learns whom it signals, and may write its first bytes.</summary>
    public void Attach(LaneView view)
    {
        _lastWrite = view.Now;
        _endsAt = view.EndOf(Request, Outlet.HasPeer);
        _keepAlive = (int)Math.Clamp((Request.KeepAlive ?? view.Options.KeepAlive).TotalMilliseconds, 1, int.MaxValue);
        JoinedAt = (int)(view.Now / 1_000);
        var state = Outlet.Attach(this);
        Enter(SubscriberInput.Attached);
        Accept(view, state);
    }

    /// <summary>Its turn: writes what comes next, or says what it waits for.</summary>
    public void Serve(LaneView view)
    {
        if (Phase is not SubscriberPhase.Queued) return;
        if (Replay is not null && Replay.ServePage(this, view)) return;
        if (Replay is { Selection: not null }) NeedPage(view);
        else if (Cursor > view.Head) Enter(SubscriberInput.HeadPassed);
        else if (Cursor < (Replay?.FromLogThrough ?? 0) || !view.TryGather(this)) NeedPage(view);
        else if (Replay is null || Replay.TellWhatIsDue(this, view)) WriteGathered(view);
    }

    /// <summary>After frames were written to it: by itself, or together with others.</summary>
    /// <param name="view">The lane.</param>
    /// <param name="frames">What was offered.</param>
    /// <param name="result">What came of it.</param>
    public void RecordWrite(LaneView view, ReadOnlySpan<Frame> frames, in WriteResult result)
    {
        var taken = frames[..^result.Untaken];
        if (!taken.IsEmpty)
        {
            var bytes = result.Untaken == 0 ? view.Gatherer.Bytes : BytesOf(taken);
            view.Counters.AddDeliveries(taken.Length, bytes);
            EventsSent += taken.Length;
            BytesSent += bytes;
            view.MeasureLatency(taken[0]);
            RecordSent(view, taken[^1].Event.Position);
        }

        // What the outlet has no part of stays behind the cursor, and is offered again.
        if (result.Untaken == 0) AdvanceTo(view.Gatherer.Through);
        else if (!taken.IsEmpty) Cursor = taken[^1].Event.Position;
        if (Accept(view, result.State)) Continue(view);
    }

    /// <summary>An event for it has come: it goes on from where the lane was before.</summary>
    public void Match(long cursor)
    {
        if (Phase is SubscriberPhase.Live) Cursor = cursor;
        Enter(SubscriberInput.EventMatched);
    }

    /// <summary>The lane's head has come to a position: perhaps to its cursor.</summary>
    public void ReachHead(long head)
    {
        if (Cursor <= head) Enter(SubscriberInput.HeadReached);
    }

    /// <summary>What it asked the log for has come; null where the log could not be read. Lets go of a page that it has no use for.</summary>
    public void TakePage(LaneView view, SharedPage? page)
    {
        // One that filled up while it waited, and asked again, gets the first page too, wherever it is by then.
        if (Phase is not SubscriberPhase.Loading || (page is not null && page.Key != NeededPage))
        {
            page?.Release();
            return;
        }

        Enter(SubscriberInput.PageLoaded);
        // The stream ends in order, and the reader comes back with its cursor.
        if (page is null) End(EndReason.Failed, view.RetryDelay());
        else Replay!.Take(this, view, page);
    }

    /// <summary>The page of the log that it waits for.</summary>
    public PageKey NeededPage => new(Request.Matchers, Cursor, Replay?.Selection);

    /// <summary>The outlet can take more.</summary>
    public void Resume(LaneView view)
    {
        if (Phase is not SubscriberPhase.Full) return;
        var state = Outlet.Resume();
        if (state is OutletState.Ready) Enter(SubscriberInput.OutletDrained);
        else Accept(view, state);
    }

    /// <summary>A deadline of it may have come.</summary>
    public void OnDeadline(LaneView view)
    {
        if (Phase is SubscriberPhase.Ended) return;
        if (view.Now >= _endsAt) End(EndReason.Expired, retryMilliseconds: null);
        else if (view.Now < NextDeadline(view)) return;
        else if (Phase is SubscriberPhase.Full) Abort(EndReason.Stalled);
        else KeepAlive(view);
    }

    /// <summary>When it must be looked at next, in milliseconds of the hub's clock. What is written to it moves this, but never nearer.</summary>
    public long NextDeadline(LaneView view) => Math.Min(_endsAt, Phase is not SubscriberPhase.Full
        ? LaneView.After(_lastWrite, _keepAlive)
        : Outlet.HasPeer ? LaneView.After(_lastWrite, view.WriteDeadline) : long.MaxValue);

    /// <summary>Whether an outlet has taken what it was given and can take more; where not, its phase says what has become of it.</summary>
    public bool Accept(LaneView view, OutletState state)
    {
        switch (state)
        {
            case OutletState.Ready:
                return true;
            case OutletState.Full:
                _lastWrite = view.Now;
                Replay?.ReleasePage();
                Enter(SubscriberInput.OutletFilled);
                return false;
            case OutletState.Closed:
                Abort(EndReason.PeerClosed);
                return false;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>After all that was to be written was taken: waits for its next turn, for the head, or for an event.</summary>
    public void Continue(LaneView view)
    {
        if (Cursor < view.Head || !HasNothingBefore) return;
        if (Cursor > view.Head) Enter(SubscriberInput.HeadPassed);
        else BecomeLive(view);
    }

    /// <summary>Moves the cursor; the events between are not for it, or were written.</summary>
    public void AdvanceTo(long position)
    {
        Cursor = Math.Max(Cursor, position);
        Replay?.EndSelection(Cursor);
    }

    /// <summary>Something that carries the id of a position is written to it.</summary>
    public void RecordSent(LaneView view, long position)
    {
        SentThrough = position;
        _lastWrite = view.Now;
    }

    /// <summary>Somebody has asked that its stream end, perhaps late. One that is told why is also told when to come back, since many are told at once.</summary>
    public void TakeClose(LaneView view, EndReason reason, RevokedSignal? signal)
    {
        if (Phase is SubscriberPhase.New or SubscriberPhase.Ended) return;
        // A peer that is gone can be written nothing more.
        if (reason is EndReason.PeerClosed) Abort(reason);
        else if (signal is null) End(reason, retryMilliseconds: null);
        else if (Phase is SubscriberPhase.Full || !Outlet.TakesSignals || Outlet.WriteRevoked(signal) is OutletState.Ready) End(reason, view.RetryDelay());
        else Abort(reason);
    }

    /// <summary>Ends the stream properly; one that cannot be written to is cut off.</summary>
    public void End(EndReason reason, int? retryMilliseconds)
    {
        if (Phase is SubscriberPhase.Ended) return;
        if (Phase is SubscriberPhase.Full)
        {
            Abort(reason);
            return;
        }

        Outlet.End(retryMilliseconds);
        Finish(reason);
    }

    /// <summary>Cuts the stream off.</summary>
    public void Abort(EndReason reason)
    {
        if (Phase is SubscriberPhase.Ended) return;
        // First, so that an outlet that fails in this is not called again.
        Finish(reason);
        Outlet.Abort();
    }

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

    /// <summary>The same, and tells the reader why.</summary>
    public void Close(RevokedSignal signal) => lane.Post(LaneMessage.Close(this, signal.Ended, signal));

    /// <summary>Says that the lane has let go.</summary>
    public void MarkEnded() => _end.Set(this, Reason);

    /// <summary>
    /// Has an action done when the lane has let go: on the lane's thread, so it must be short; at once where the lane has. Costs no task, which for
    /// ten thousand idle streams is a megabyte. Called once at most.
    /// </summary>
    public void WhenEnded(Action<Subscriber> action) => _end.Then(this, action);

    /// <inheritdoc />
    void IOutletSignal.Writable() => lane.Post(LaneMessage.Writable(this));

    /// <inheritdoc />
    void IOutletSignal.Closed() => lane.Post(LaneMessage.Close(this, EndReason.PeerClosed));

    private void NeedPage(LaneView view)
    {
        view.Counters.AddWindowMiss();
        Replay ??= new Replay();
        Enter(SubscriberInput.PageNeeded);
    }

    /// <summary>Writes what the lane's gatherer has found.</summary>
    public void WriteGathered(LaneView view)
    {
        var frames = view.Gatherer.Frames;
        if (view.Gatherer.IsPresencePause)
        {
            (Replay ??= new Replay()).PassPresencePause(this, view, view.Gatherer.Through);
        }
        else if (!frames.IsEmpty)
        {
            RecordWrite(view, frames, Outlet.Write(frames));
        }
        else
        {
            AdvanceTo(view.Gatherer.Through);
            Continue(view);
        }
    }

    private void BecomeLive(LaneView view)
    {
        Replay = Replay is { PausedThrough: var paused } && paused > Cursor ? new Replay { PausedThrough = paused } : null;
        if (!WasLive)
        {
            WasLive = true;
            if (Outlet.TakesSignals)
            {
                RecordSent(view, Cursor);
                if (!Accept(view, Outlet.WriteLive(view.IdOf(Cursor)))) return;
            }
        }

        if (Group!.MayBeClosed) Group.LookForClosings(view.Log, view.Head);
        if (Group.IsClosed) End(EndReason.Closed, retryMilliseconds: null);
        else Enter(SubscriberInput.CaughtUp);
    }

    private void KeepAlive(LaneView view)
    {
        if (Phase is SubscriberPhase.Live) Cursor = view.Head;
        var isNews = Outlet.TakesSignals && Cursor > SentThrough && (Replay is null || Replay.MayTellCursor(Cursor));
        if (isNews) SentThrough = Cursor;
        _lastWrite = view.Now;
        Accept(view, Outlet.WriteKeepAlive(isNews ? view.IdOf(Cursor) : null));
    }

    private void Finish(EndReason reason)
    {
        Replay?.ReleasePage();
        Reason = reason;
        Enter(SubscriberInput.StreamEnded);
    }

    private void Enter(SubscriberInput input) => Phase = After(Phase, input);

    private static long BytesOf(ReadOnlySpan<Frame> frames)
    {
        var bytes = 0L;
        foreach (ref readonly var frame in frames) bytes += frame.Payload.Length;
        return bytes;
    }
}
