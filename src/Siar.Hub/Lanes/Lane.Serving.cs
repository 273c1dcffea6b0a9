using System.Diagnostics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>Writing to subscribers: one path for replay, for slow readers and for live events, since all are readers with a cursor.</summary>
internal sealed partial class Lane
{
    private void ServeBehind(int writes)
    {
        for (var i = 0; i < writes && _behind.TryDequeue(out var subscriber); i++)
        {
            // One that ended or filled up while it waited is still in the queue.
            subscriber.IsInBehind = false;
            if (subscriber.State is SubscriberState.Queued) Guarded(subscriber, static (lane, s) => lane.Serve(s));
        }
    }

    private void Serve(Subscriber subscriber)
    {
        if (subscriber.Page is not null) ServeFromPage(subscriber);
        else if (subscriber.Prelude is not null) AskForPage(subscriber);
        else if (subscriber.Cursor > _head) WaitAhead(subscriber);
        else if (subscriber.Cursor >= subscriber.FromLogThrough && _gatherer.TryGather(subscriber.Group!, subscriber.Cursor, _head)) ServeFromWindow(subscriber);
        else AskForPage(subscriber);
    }

    private void ServeFromWindow(Subscriber subscriber)
    {
        Counters.AddWindowHit();
        if (TellPendingGap(subscriber, subscriber.Cursor) && TellClosings(subscriber)) WriteGathered(subscriber);
    }

    private void ServeFromPage(Subscriber subscriber)
    {
        var page = subscriber.Page!.Block;
        var through = page.Through;
        if (subscriber.Prelude is null)
        {
            // From its start on the window has everything, also what the log has trimmed since the reader came.
            var start = Math.Max(_context.Window.Start, subscriber.FromLogThrough);
            if (subscriber.Cursor >= start)
            {
                LetGoOfPage(subscriber);
                Serve(subscriber);
                return;
            }

            through = Math.Min(through, start);
        }

        _gatherer.GatherPage(subscriber.Group!, subscriber.Cursor, page, through);
        if (_gatherer.Through == through) LetGoOfPage(subscriber);
        WriteGathered(subscriber);
    }

    private void WriteGathered(Subscriber subscriber)
    {
        if (_gatherer.IsPresencePause)
        {
            PassPresencePause(subscriber, _gatherer.Through);
            return;
        }

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
        if (subscriber.Cursor < Math.Max(_head, subscriber.FromLogThrough) || subscriber.Page is not null || subscriber.Prelude is not null || subscriber.OwesClosings) Requeue(subscriber);
        else if (subscriber.Cursor > _head) WaitAhead(subscriber);
        else BecomeLevel(subscriber);
    }

    private void BecomeLevel(Subscriber subscriber)
    {
        subscriber.KnownTrimmed = null;
        if (!subscriber.WasLevel)
        {
            subscriber.WasLevel = true;
            if (subscriber.Outlet.TakesSignals)
            {
                Wrote(subscriber, subscriber.Cursor);
                if (!Took(subscriber, subscriber.Outlet.WriteLive(IdOf(subscriber.Cursor)))) return;
            }
        }

        if (subscriber.Group!.MayBeClosed) subscriber.Group.LookForClosings(_context.Log, _head);
        if (subscriber.Group.IsClosed)
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
        if (subscriber.IsInBehind) return;
        subscriber.IsInBehind = true;
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

        if (page.IsDamaged)
        {
            PassDamage(subscriber, page);
            return;
        }

        subscriber.Page = page;
        if (subscriber.Prelude is not null)
        {
            Requeue(subscriber);
            return;
        }

        if (TellTrimmed(subscriber, page) && TellClosings(subscriber)) Requeue(subscriber);
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

    private EventId IdOf(long position) => HubEventId.Create(_context.Log.EpochAt(position), position);

    private static void LetGoOfPage(Subscriber subscriber)
    {
        subscriber.Page?.Release();
        subscriber.Page = null;
    }
}
