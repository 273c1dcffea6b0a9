using Siar.Wire;

namespace Siar.Hub;

/// <summary>Telling subscribers what is gone: events that were trimmed, and topics that were closed meanwhile.</summary>
internal sealed partial class Lane
{
    /// <summary>
    /// Tells a gap where events were trimmed that the subscriber has not had. What is kept between them is on the page and follows. False
    /// when the subscriber did not stay, or begins anew.
    /// </summary>
    private bool TellTrimmed(Subscriber subscriber, LogPageLease page)
    {
        var request = subscriber.Request;
        var floor = page.Lost.FloorSince(subscriber.KnownTrimmed ?? Losses.None, request.Grants);
        if (floor <= subscriber.Cursor) return TellPendingGap(subscriber, subscriber.Cursor);

        if (subscriber.TakesWhatIsKept && subscriber.IsBeginning)
        {
            subscriber.KnownTrimmed = page.Lost;
            subscriber.NextClosing = 0;
            return true;
        }

        if (request.WhenFallenBehind is FallenBehind.Disconnect && !MayStay(subscriber))
        {
            End(subscriber, EndReason.FellBehind, retryMilliseconds: null);
            return false;
        }

        // What was trimmed since it came the window may still have, from its start on.
        var gone = Math.Min(floor, Math.Max(_context.Window.Start, subscriber.FromLogThrough));
        subscriber.PendingGap ??= GapReason.Trimmed;
        subscriber.KnownTrimmed = page.Lost;
        return TellPendingGap(subscriber, request.Snapshot ? gone : Math.Min(gone, BeforeOldestOf(page.Block)));
    }

    // One that begins is told by the signal, or was by the head of the answer. It is not cut off again before it is level: while it reads what
    // is kept of one class another may go on dropping, page by page.
    private static bool MayStay(Subscriber subscriber) =>
        subscriber.IsBeginning ? subscriber.Outlet.TakesGaps || subscriber.HadGap : subscriber.KnownTrimmed is not null && !subscriber.TakesWhatIsKept;

    private static long BeforeOldestOf(FrameBlock page) => page.Count > 0 ? page.Entry(0).Event.Position - 1 : page.Through;

    /// <summary>Tells a gap that is due, and goes on from where reading can. False when the outlet did not take it, or the subscriber begins anew.</summary>
    private bool TellPendingGap(Subscriber subscriber, long resume)
    {
        if (subscriber.PendingGap is not { } reason)
        {
            subscriber.Cursor = resume;
            return true;
        }

        var requested = Requested(subscriber);
        subscriber.PendingGap = null;
        subscriber.Cursor = resume;
        subscriber.NextClosing = 0;
        Counters.AddGap();
        var sendsAnew = BeginAnew(subscriber);
        var stays = !subscriber.Outlet.TakesGaps || TellGap(subscriber, new Gap(requested, IdOf(subscriber.Cursor), reason));
        if (stays && sendsAnew) Requeue(subscriber);
        return stays && !sendsAnew;
    }

    /// <summary>
    /// After all that lies before a pause of what is told of subscriptions: tells the gap. One that began with what is new has missed nothing, and
    /// one that is told no gaps was told by the head of the answer, or is told by the end of its stream.
    /// </summary>
    private void PassPresencePause(Subscriber subscriber, long pause)
    {
        var request = subscriber.Request;
        var takesGaps = subscriber.Outlet.TakesGaps;
        if (pause <= subscriber.PausedThrough && (request.Start.Kind is CursorKind.Now || !takesGaps))
        {
            ComeThrough(subscriber, pause);
            GoOn(subscriber);
            return;
        }

        if (request.WhenFallenBehind is FallenBehind.Disconnect && !takesGaps)
        {
            End(subscriber, EndReason.FellBehind, retryMilliseconds: null);
            return;
        }

        subscriber.PendingGap = GapReason.PresencePaused;
        if (TellPendingGap(subscriber, pause)) GoOn(subscriber);
    }

    /// <summary>
    /// After what the log cannot read: tells the gap, and goes on behind it. A reader that can be told by the head of an answer only has its stream
    /// ended, and is told when it comes back; one that asked for whatever is kept gets what can be read.
    /// </summary>
    private void PassDamage(Subscriber subscriber, LogPageLease page)
    {
        var through = page.Block.Through;
        page.Release();
        var start = subscriber.Request.Start;
        var takesGaps = subscriber.Outlet.TakesGaps;
        if (!takesGaps && !subscriber.HadGap && (start.Kind is CursorKind.After || !subscriber.IsBeginning))
        {
            End(subscriber, EndReason.Failed, RetryDelay());
            return;
        }

        var requested = Requested(subscriber);
        subscriber.PendingGap = null;
        Counters.AddGap();
        ComeThrough(subscriber, through);
        if (subscriber.Prelude is null) subscriber.NextClosing = 0;
        if (!takesGaps || TellGap(subscriber, new Gap(requested, IdOf(subscriber.Cursor), GapReason.Damaged))) GoOn(subscriber);
    }

    // The id that a reader came with, also where it was lost on the way and is none.
    private EventId Requested(Subscriber subscriber) =>
        subscriber.HasBegun || subscriber.Request.Start.Kind is not CursorKind.After ? IdOf(subscriber.Cursor) : subscriber.Request.Start.Id;

    private bool TellGap(Subscriber subscriber, Gap gap)
    {
        Wrote(subscriber, subscriber.Cursor);
        return Took(subscriber, subscriber.Outlet.WriteGap(gap));
    }

    // The state as of where reading goes on, then everything after it. The gap's id is before the state, which a reader that is cut off at once has not had.
    private static bool BeginAnew(Subscriber subscriber)
    {
        if (!subscriber.Request.Snapshot || subscriber.Cursor == 0) return false;
        LetGoOfPage(subscriber);
        subscriber.KnownTrimmed = null;
        subscriber.Prelude = new EventSelection(0, subscriber.Request.Grants, subscriber.Cursor);
        subscriber.Cursor = 0;
        return true;
    }

    /// <summary>
    /// Tells which of the reader's topics were closed before its cursor, where the log did not tell: the reader has not read it up to there, or
    /// the closing was trimmed. False when the outlet did not take it.
    /// </summary>
    private bool TellClosings(Subscriber subscriber)
    {
        if (!subscriber.OwesClosings || IsAmidWhatIsKept(subscriber)) return true;
        var interest = subscriber.Group!.Interest;
        var topics = interest.ExactTopics;
        while (!topics.IsDefault && interest.TakesSignals && subscriber.NextClosing < topics.Length)
        {
            var topic = topics[subscriber.NextClosing++];
            if (Closing.Find(_context.Log, topic, interest.Grants, subscriber.Cursor) is not { } closing) continue;
            if (subscriber.KnownTrimmed is { } known && closing.Position > known.TrimmedOfClassOf(topic)) continue;

            // With the id of the reader's own place: that of the closing may lie before a gap.
            var logged = new LoggedEvent(subscriber.Cursor, _context.Log.EpochAt(subscriber.Cursor), closing.Time, Event.Closing(topic, closing.IsPrivate));
            Wrote(subscriber, subscriber.Cursor);
            var state = subscriber.Outlet.Write([new Frame(FrameBlock.Of(logged), 0)]);
            if (state is OutletState.Full && subscriber.Outlet.Untaken > 0) subscriber.NextClosing--;
            if (!Took(subscriber, state)) return false;
        }

        subscriber.NextClosing = int.MaxValue;
        return true;
    }

    // A closing that was trimmed waits until the reader has what is kept below: another topic's event may name the closed one too.
    private bool IsAmidWhatIsKept(Subscriber subscriber) =>
        subscriber.KnownTrimmed is { } known
        && subscriber.Cursor < Math.Min(_head, known.Floor(subscriber.Request.Grants));
}
