using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// What a subscriber must have or be told before it is live: a selection of the newest first, pages of the log, a gap, topics that were closed before.
/// A subscriber that is live has none; one that falls below the window gets a new one. Its methods are steps of the subscriber's turn: each says
/// whether the subscriber may go on, and where not, the subscriber's phase says what it waits for.
/// </summary>
internal sealed class Replay
{
    private const int NoClosing = int.MaxValue;

    private int _nextClosing = NoClosing;
    private SharedPage? _page;

    // What was trimmed when it was last told a gap, or took what is kept: only what is trimmed beyond is another gap.
    private Losses? _known;

    /// <summary>What it gets before anything else, while it has not had all of it; its cursor goes through that first.</summary>
    public EventSelection? Selection { get; set; }

    /// <summary>Why events are missing before its first one; null once told, or where none are.</summary>
    public GapReason? PendingGap { get; set; }

    /// <summary>
    /// Up to here it reads from the log, though the window may have more: what the limits had dropped when it came is not for it. What is trimmed
    /// later, while it reads on, the window may give it.
    /// </summary>
    public long FromLogThrough { get; init; }

    /// <summary>The newest pause of what is told of subscriptions when it was prepared: what came before it is no gap for one that begins with what is new.</summary>
    public long PausedThrough { get; init; }

    /// <summary>Up to where the log was known to be damaged when it was prepared: where a gap was told by the head of an answer, so was this.</summary>
    public long DamagedThrough { get; init; }

    /// <summary>Whether topics that were closed before its cursor are to be told: the log does not tell them, since it is not read up to there.</summary>
    public bool OwesClosings
    {
        get => _nextClosing != NoClosing;
        set => _nextClosing = value ? 0 : NoClosing;
    }

    /// <summary>Whether something comes before, or instead of, what the window has after a cursor.</summary>
    public bool IsDueAt(long cursor) => _page is not null || Selection is not null || PendingGap is not null || OwesClosings || cursor < FromLogThrough;

    /// <summary>Whether a keep-alive may say that the reader has everything up to its cursor.</summary>
    public bool MayTellCursor(long cursor) => PendingGap is null && (cursor > 0 || Selection is null);

    /// <summary>Writes from its page, if it has one that the window does not make needless. False where it has none (any more).</summary>
    public bool ServePage(Subscriber subscriber, LaneView view)
    {
        if (_page is not { Block: var page }) return false;
        var through = page.Through;
        if (Selection is null)
        {
            // From its start on the window has everything, also what the log has trimmed since the reader came.
            var start = Math.Max(view.Window.Start, FromLogThrough);
            if (subscriber.Cursor >= start)
            {
                ReleasePage();
                return false;
            }

            through = Math.Min(through, start);
        }

        view.Gatherer.GatherPage(subscriber.Group!, subscriber.Cursor, page, through);
        if (view.Gatherer.Through == through) ReleasePage();
        subscriber.WriteGathered(view);
        return true;
    }

    /// <summary>Takes the page that the subscriber waited for, and tells what the log had lost before it.</summary>
    public void Take(Subscriber subscriber, LaneView view, SharedPage page)
    {
        _page = page;
        if (page.IsDamaged) PassDamage(subscriber, view, page.Block.Through);
        else if (Selection is null && TellTrimmed(subscriber, view, page)) TellClosings(subscriber, view);
    }

    /// <summary>Tells a gap and closings that are due before what the window has.</summary>
    public bool TellWhatIsDue(Subscriber subscriber, LaneView view) => TellGap(subscriber, view, subscriber.Cursor) && TellClosings(subscriber, view);

    /// <summary>
    /// After all that lies before a pause of what is told of subscriptions: tells the gap. One that began with what is new has missed nothing, and
    /// one that is told no gaps was told by the head of the answer, or is told by the end of its stream.
    /// </summary>
    public void PassPresencePause(Subscriber subscriber, LaneView view, long pause)
    {
        var takesGaps = subscriber.Outlet.TakesGaps;
        if (pause <= PausedThrough && (subscriber.Request.Start.Kind is CursorKind.Now || !takesGaps))
        {
            subscriber.AdvanceTo(pause);
            subscriber.Continue(view);
            return;
        }

        if (subscriber.Request.WhenFallenBehind is FallenBehind.Disconnect && !takesGaps)
        {
            subscriber.End(EndReason.FellBehind, retryMilliseconds: null);
            return;
        }

        PendingGap = GapReason.PresencePaused;
        if (TellGap(subscriber, view, pause)) subscriber.Continue(view);
    }

    /// <summary>The cursor has come to a position: where that is the end of the selection, what follows comes from there. What was closed before the cut was no part of it.</summary>
    public void EndSelection(long cursor)
    {
        if (Selection is null || cursor < Selection.Through) return;
        Selection = null;
        OwesClosings = true;
    }

    /// <summary>Lets go of its page, if it holds one: the number of pages that are out is bounded.</summary>
    public void ReleasePage()
    {
        _page?.Release();
        _page = null;
    }

    /// <summary>
    /// Tells a gap where events were trimmed that the subscriber has not had. What is kept between them is on the page and follows. False
    /// when the subscriber did not stay, or begins anew.
    /// </summary>
    private bool TellTrimmed(Subscriber subscriber, LaneView view, SharedPage page)
    {
        var request = subscriber.Request;
        var floor = page.Lost.FloorSince(_known ?? Losses.None, request.Grants);
        if (floor <= subscriber.Cursor) return TellGap(subscriber, view, subscriber.Cursor);

        // What was trimmed before it came is no gap for one that asked for whatever is kept.
        if (request.Start.Kind is CursorKind.Earliest && subscriber.IsBeginning)
        {
            _known = page.Lost;
            OwesClosings = true;
            return true;
        }

        if (request.WhenFallenBehind is FallenBehind.Disconnect && !MayStay(subscriber))
        {
            subscriber.End(EndReason.FellBehind, retryMilliseconds: null);
            return false;
        }

        // What was trimmed since it came the window may still have, from its start on.
        var gone = Math.Min(floor, Math.Max(view.Window.Start, FromLogThrough));
        PendingGap ??= GapReason.Trimmed;
        _known = page.Lost;
        return TellGap(subscriber, view, request.Snapshot ? gone : Math.Min(gone, BeforeOldestOf(page.Block)));
    }

    // A new reader learns of the gap from the signal or the response's header. It is not disconnected again before it has been live: while it reads
    // what is kept of one class another may go on dropping, page by page.
    private bool MayStay(Subscriber subscriber) => subscriber.IsBeginning
        ? subscriber.Outlet.TakesGaps || subscriber.HadGap
        : _known is not null && subscriber.Request.Start.Kind is not CursorKind.Earliest;

    private static long BeforeOldestOf(FrameBlock page) => page.Count > 0 ? page.Entry(0).Event.Position - 1 : page.Through;

    /// <summary>Tells a gap that is due, and goes on from where reading can. False when the outlet did not take it, or the subscriber begins anew.</summary>
    private bool TellGap(Subscriber subscriber, LaneView view, long resume)
    {
        if (PendingGap is not { } reason)
        {
            subscriber.Cursor = resume;
            return true;
        }

        var requested = RequestedBy(subscriber, view);
        PendingGap = null;
        subscriber.Cursor = resume;
        OwesClosings = true;
        view.Counters.AddGap();
        var restarts = RestartSnapshot(subscriber);
        var stays = !subscriber.Outlet.TakesGaps || WriteGap(subscriber, view, requested, reason);
        return stays && !restarts;
    }

    /// <summary>
    /// After what the log cannot read: tells the gap, and goes on behind it. A reader that can be told by the head of an answer only has its stream
    /// ended, and is told when it comes back; one that asked for whatever is kept gets what can be read.
    /// </summary>
    private void PassDamage(Subscriber subscriber, LaneView view, long through)
    {
        ReleasePage();
        var takesGaps = subscriber.Outlet.TakesGaps;
        var wasTold = subscriber.HadGap && !subscriber.WasLive && through <= DamagedThrough;
        if (!takesGaps && !wasTold && (subscriber.Request.Start.Kind is CursorKind.After || !subscriber.IsBeginning))
        {
            subscriber.End(EndReason.Failed, view.RetryDelay());
            return;
        }

        var requested = RequestedBy(subscriber, view);
        PendingGap = null;
        view.Counters.AddGap();
        subscriber.AdvanceTo(through);
        if (Selection is null) OwesClosings = true;
        if (!takesGaps || WriteGap(subscriber, view, requested, GapReason.Damaged)) subscriber.Continue(view);
    }

    // The id that a reader came with, also where it was lost on the way and is none.
    private static EventId RequestedBy(Subscriber subscriber, LaneView view) =>
        subscriber.HasBegun || subscriber.Request.Start.Kind is not CursorKind.After ? view.IdOf(subscriber.Cursor) : subscriber.Request.Start.Id;

    private static bool WriteGap(Subscriber subscriber, LaneView view, EventId requested, GapReason reason)
    {
        subscriber.RecordSent(view, subscriber.Cursor);
        return subscriber.Accept(view, subscriber.Outlet.WriteGap(new Gap(requested, view.IdOf(subscriber.Cursor), reason)));
    }

    // The state as of where reading goes on, then everything after it. The gap's id is before the state, which a reader that is cut off at once has not had.
    private bool RestartSnapshot(Subscriber subscriber)
    {
        if (!subscriber.Request.Snapshot || subscriber.Cursor == 0) return false;
        ReleasePage();
        _known = null;
        Selection = new EventSelection(0, subscriber.Request.Grants, subscriber.Cursor);
        subscriber.Cursor = 0;
        return true;
    }

    /// <summary>
    /// Tells which of the reader's topics were closed before its cursor, where the log did not tell: the reader has not read it up to there, or
    /// the closing was trimmed. False when the outlet did not take it.
    /// </summary>
    private bool TellClosings(Subscriber subscriber, LaneView view)
    {
        if (!OwesClosings || IsAmidWhatIsKept(subscriber, view)) return true;
        var interest = subscriber.Group!.Interest;
        var topics = interest.ExactTopics;
        while (!topics.IsDefault && interest.TakesSignals && _nextClosing < topics.Length)
        {
            var topic = topics[_nextClosing++];
            if (Closing.Find(view.Log, topic, interest.Grants, subscriber.Cursor) is not { } closing) continue;
            if (_known is { } known && closing.Position > known.TrimmedOfClassOf(topic)) continue;

            // With the id of the reader's own place: that of the closing may lie before a gap.
            var logged = new LoggedEvent(subscriber.Cursor, view.Log.EpochAt(subscriber.Cursor), closing.Time, Event.Closing(topic, closing.IsPrivate));
            subscriber.RecordSent(view, subscriber.Cursor);
            var result = subscriber.Outlet.Write([new Frame(FrameBlock.Of(logged), 0)]);
            if (result.Untaken > 0) _nextClosing--;
            if (!subscriber.Accept(view, result.State)) return false;
        }

        OwesClosings = false;
        return true;
    }

    // A closing that was trimmed waits until the reader has what is kept below: another topic's event may name the closed one too.
    private bool IsAmidWhatIsKept(Subscriber subscriber, LaneView view) =>
        _known is { } known && subscriber.Cursor < Math.Min(view.Head, known.Floor(subscriber.Request.Grants));
}
