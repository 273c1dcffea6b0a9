using System.Diagnostics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>Writing to subscribers: one path for replay, for slow readers and for live events, since all are readers with a cursor.</summary>
internal sealed partial class Lane
{
    private void ServeQueue(Queue<Subscriber> queue, int writes)
    {
        for (var i = 0; i < writes && queue.TryDequeue(out var subscriber); i++)
        {
            // One that ended or filled up while it waited is still in the queue.
            if (subscriber.State is SubscriberState.Queued) Guarded(subscriber, static (lane, s) => lane.Serve(s));
        }
    }

    private void Serve(Subscriber subscriber)
    {
        if (subscriber.Page is not null) ServeFromPage(subscriber);
        else if (subscriber.Prelude is not null) AskForPage(subscriber);
        else if (subscriber.Cursor > _head) WaitAhead(subscriber);
        else if (_gatherer.TryGather(subscriber.Group!, subscriber.Cursor, _head)) ServeFromWindow(subscriber);
        else AskForPage(subscriber);
    }

    private void ServeFromWindow(Subscriber subscriber)
    {
        Counters.AddWindowHit();
        if (TellPendingGap(subscriber, subscriber.Cursor) && TellClosings(subscriber)) WriteGathered(subscriber);
    }

    private void ServeFromPage(Subscriber subscriber)
    {
        var page = subscriber.Page!;
        _gatherer.GatherPage(subscriber.Group!, subscriber.Cursor, page.Block);
        if (_gatherer.Through == page.Block.Through) LetGoOfPage(subscriber);
        WriteGathered(subscriber);
    }

    private void WriteGathered(Subscriber subscriber)
    {
        var frames = _gatherer.Frames;
        var through = Math.Max(subscriber.Cursor, _gatherer.Through);
        if (frames.IsEmpty)
        {
            ComeThrough(subscriber, through);
            GoOn(subscriber);
            return;
        }

        var state = subscriber.Outlet.Write(frames);
        if (state is OutletState.Full && subscriber.Outlet.Untaken is > 0 and var untaken)
        {
            WrotePart(subscriber, frames[..^untaken]);
            return;
        }

        ComeThrough(subscriber, through);
        Counters.AddDeliveries(frames.Length, _gatherer.Bytes);
        subscriber.EventsSent += frames.Length;
        subscriber.BytesSent += _gatherer.Bytes;
        if (_isServingLive && frames[0].QueuedAt is not 0 and var queuedAt) Counters.Latency.Add(_context.Clock.Time.GetElapsedTime(queuedAt));
        Wrote(subscriber, frames[^1].Event.Position);
        if (Took(subscriber, state)) GoOn(subscriber);
    }

    private static void ComeThrough(Subscriber subscriber, long through)
    {
        subscriber.Cursor = through;
        if (subscriber.Prelude is { } prelude && through >= prelude.Through) EndPrelude(subscriber);
    }

    /// <summary>After a write of which the outlet left some frames: the cursor stays before them.</summary>
    private void WrotePart(Subscriber subscriber, ReadOnlySpan<Frame> taken)
    {
        if (!taken.IsEmpty)
        {
            var bytes = 0L;
            foreach (ref readonly var frame in taken) bytes += frame.Payload.Length;
            subscriber.Cursor = taken[^1].Event.Position;
            Counters.AddDeliveries(taken.Length, bytes);
            subscriber.EventsSent += taken.Length;
            subscriber.BytesSent += bytes;
            Wrote(subscriber, subscriber.Cursor);
        }

        Took(subscriber, OutletState.Full);
    }

    /// <summary>After a write that was taken: level, or back in the queue behind the others.</summary>
    private void GoOn(Subscriber subscriber)
    {
        if (subscriber.Cursor < _head || subscriber.Page is not null || subscriber.Prelude is not null || subscriber.OwesClosings) Requeue(subscriber);
        else if (subscriber.Cursor > _head) WaitAhead(subscriber);
        else BecomeLevel(subscriber);
    }

    private void BecomeLevel(Subscriber subscriber)
    {
        if (!subscriber.WasLevel)
        {
            subscriber.WasLevel = true;
            if (subscriber.Outlet.TakesSignals)
            {
                Wrote(subscriber, subscriber.Cursor);
                if (!Took(subscriber, subscriber.Outlet.WriteLive(IdOf(subscriber.Cursor)))) return;
            }
        }

        if (subscriber.Group!.IsClosed)
        {
            End(subscriber, EndReason.Closed, retryMilliseconds: null);
            return;
        }

        var level = subscriber.Group.Level;
        subscriber.State = SubscriberState.Level;
        subscriber.LevelIndex = level.Count;
        level.Add(subscriber);
        _level++;
    }

    private void Requeue(Subscriber subscriber)
    {
        subscriber.State = SubscriberState.Queued;
        _behind.Enqueue(subscriber);
    }

    private void WaitAhead(Subscriber subscriber)
    {
        subscriber.State = SubscriberState.Ahead;
        subscriber.LevelIndex = _ahead.Count;
        _ahead.Add(subscriber);
    }

    private void AskForPage(Subscriber subscriber)
    {
        Counters.AddWindowMiss();
        subscriber.State = SubscriberState.Reading;
        _context.Readers.Request(subscriber, this, new PageKey(subscriber.Request.Matchers, subscriber.Cursor, subscriber.Prelude));
    }

    // One that filled up while it waited for a page, and asked again, gets that page too, wherever it is by then.
    private static bool IsNext(Subscriber subscriber, PageKey key) => key.After == subscriber.Cursor && key.Selection == subscriber.Prelude;

    // What was closed before the cut was no part of it.
    private static void EndPrelude(Subscriber subscriber)
    {
        subscriber.Prelude = null;
        subscriber.NextClosing = 0;
    }

    private void OnPageRead(Subscriber subscriber, LogPageLease? page)
    {
        if (subscriber.State is not SubscriberState.Reading || (page is not null && !IsNext(subscriber, page.Key)))
        {
            page?.Release();
            return;
        }

        if (page is null)
        {
            // The log could not be read. The stream ends in order, and the reader comes back with its cursor.
            End(subscriber, EndReason.Failed, RetryDelay());
            return;
        }

        subscriber.Page = page;
        if (subscriber.Prelude is not null)
        {
            Requeue(subscriber);
            return;
        }

        var floor = page.Trimmed.Floor(subscriber.Request.Matchers, subscriber.Request.Grants);
        if (floor > subscriber.Cursor && !PassTrimmed(subscriber, floor)) return;
        if (TellPendingGap(subscriber, subscriber.Cursor) && TellClosings(subscriber)) Requeue(subscriber);
    }

    /// <summary>Moves a cursor over events that are gone. False when the subscriber did not stay.</summary>
    private bool PassTrimmed(Subscriber subscriber, long floor)
    {
        // What the log has trimmed the window may still have, from its start on; the page does not.
        var oldest = Math.Min(floor, _context.Window.Start);
        if (oldest < floor) LetGoOfPage(subscriber);

        if (subscriber.TakesWhatIsKept && !subscriber.HasBegun)
        {
            subscriber.Cursor = oldest;
            subscriber.NextClosing = 0;
            return true;
        }

        if (subscriber.Request.WhenFallenBehind is FallenBehind.Disconnect && subscriber.HasBegun)
        {
            End(subscriber, EndReason.FellBehind, retryMilliseconds: null);
            return false;
        }

        subscriber.PendingGap ??= GapReason.Trimmed;
        return TellPendingGap(subscriber, oldest);
    }

    /// <summary>Tells a gap that is due, and goes on from where reading can. False when the outlet did not take it.</summary>
    private bool TellPendingGap(Subscriber subscriber, long resume)
    {
        if (subscriber.PendingGap is not { } reason)
        {
            subscriber.Cursor = resume;
            return true;
        }

        var start = subscriber.Request.Start.Id;
        var requested = subscriber.HasBegun || start.IsNone ? IdOf(subscriber.Cursor) : start;
        subscriber.PendingGap = null;
        subscriber.Cursor = resume;
        subscriber.NextClosing = 0;
        Counters.AddGap();
        var sendsAnew = BeginAnew(subscriber);
        var stays = !subscriber.Outlet.TakesSignals || TellGap(subscriber, new Gap(requested, IdOf(subscriber.Cursor), reason));
        if (stays && sendsAnew) Requeue(subscriber);
        return stays && !sendsAnew;
    }

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
        subscriber.Prelude = new EventSelection(0, subscriber.Request.Grants, subscriber.Cursor);
        subscriber.Cursor = 0;
        return true;
    }

    /// <summary>
    /// Tells which of the reader's topics were closed before its cursor, where it has not read the log up to there and so cannot know.
    /// False when the outlet did not take it.
    /// </summary>
    private bool TellClosings(Subscriber subscriber)
    {
        var interest = subscriber.Group!.Interest;
        var topics = interest.ExactTopics;
        while (!topics.IsDefault && interest.TakesSignals && subscriber.NextClosing < topics.Length)
        {
            var topic = topics[subscriber.NextClosing++];
            if (Closing.Find(_context.Log, topic, interest.Grants, subscriber.Cursor) is not { } closing) continue;

            // With the id of the reader's own place: that of the closing may lie before a gap.
            var logged = new LoggedEvent(subscriber.Cursor, _context.Log.Epoch, closing.Time, Event.Closing(topic, closing.IsPrivate));
            Wrote(subscriber, subscriber.Cursor);
            var state = subscriber.Outlet.Write([new Frame(FrameBlock.Of(logged), 0)]);
            if (state is OutletState.Full && subscriber.Outlet.Untaken > 0) subscriber.NextClosing--;
            if (!Took(subscriber, state)) return false;
        }

        subscriber.NextClosing = int.MaxValue;
        return true;
    }

    private void Wrote(Subscriber subscriber, long through)
    {
        subscriber.HasBegun = true;
        subscriber.SentThrough = through;
        subscriber.LastWrite = _now;
    }

    private bool Took(Subscriber subscriber, OutletState state)
    {
        switch (state)
        {
            case OutletState.Ready:
                return true;
            case OutletState.Full:
                subscriber.State = SubscriberState.Full;
                subscriber.FullSince = _now;
                LetGoOfPage(subscriber);
                return false;
            case OutletState.Closed:
                Abort(subscriber, EndReason.PeerClosed);
                return false;
            default:
                throw new UnreachableException();
        }
    }

    private void OnWritable(Subscriber subscriber)
    {
        if (subscriber.State is SubscriberState.Full && Took(subscriber, subscriber.Outlet.Resume())) Requeue(subscriber);
    }

    private EventId IdOf(long position) => HubEventId.Create(_context.Log.Epoch, position);

    private static void LetGoOfPage(Subscriber subscriber)
    {
        subscriber.Page?.Release();
        subscriber.Page = null;
    }
}
