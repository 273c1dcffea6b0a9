using System.Runtime.InteropServices;

namespace Siar.Hub;

/// <summary>
/// Writing to readers that were level: those of one group get the same frames, so they are written to together, as many as follow one another
/// in the queue.
/// </summary>
internal sealed partial class Lane
{
    private readonly List<Subscriber> _together = [];
    private readonly List<Outlet> _outlets = [];

    private void ServeLive(int writes)
    {
        while (writes > 0 && _live.TryDequeue(out var subscriber))
        {
            writes--;
            subscriber.IsInLive = false;

            // One that ended or filled up while it waited is still in the queue, and so may one be that was queued anew since.
            if (subscriber.State is not SubscriberState.Queued) continue;
            TakeAlike(subscriber, ref writes);
            if (_together.Count > 1) ServeTogether();
            else Guarded(subscriber, static (lane, s) => lane.Serve(s));
        }
    }

    // The subscriber, and those that follow it and get the same.
    private void TakeAlike(Subscriber subscriber, ref int writes)
    {
        _together.Clear();
        Take(subscriber);
        if (!IsPlain(subscriber)) return;
        while (writes > 0 && _live.TryPeek(out var next) && next.Group == subscriber.Group && next.Cursor == subscriber.Cursor
            && next.State is SubscriberState.Queued && IsPlain(next))
        {
            _live.Dequeue();
            next.IsInLive = false;
            Take(next);
            writes--;
        }
    }

    private void Take(Subscriber subscriber)
    {
        subscriber.State = SubscriberState.Serving;
        _together.Add(subscriber);
    }

    // Nothing comes before, or instead of, what the window has for it.
    private bool IsPlain(Subscriber subscriber) =>
        subscriber.Page is null && subscriber.Prelude is null && subscriber.PendingGap is null && !subscriber.OwesClosings && subscriber.Cursor <= _head;

    private void ServeTogether()
    {
        var first = _together[0];
        if (!TryGatherSafely(first.Group!, first.Cursor, out var isInWindow))
        {
            foreach (var subscriber in _together) Guarded(subscriber, static (lane, s) => lane.Serve(s));
        }
        else if (isInWindow)
        {
            BeginTogether();
            foreach (var subscriber in _together)
            {
                Counters.AddWindowHit();
                Guarded(subscriber, static (lane, s) => lane.WriteGathered(s));
            }
        }
        else
        {
            foreach (var subscriber in _together) Guarded(subscriber, static (lane, s) => lane.AskForPage(s));
        }

        _together.Clear();
    }

    // They stand in no queue now: where the search fails for one of them, the others must not be forgotten.
    private bool TryGatherSafely(InterestGroup group, long after, out bool isInWindow)
    {
        try
        {
            isInWindow = _gatherer.TryGather(group, after, _head);
            return true;
        }
        catch (Exception failure)
        {
            _context.OnFailure(failure);
            isInWindow = false;
            return false;
        }
    }

    private void BeginTogether()
    {
        if (_gatherer.Frames.IsEmpty) return;
        foreach (var subscriber in _together) _outlets.Add(subscriber.Outlet);
        try
        {
            _outlets[0].WriteTogether(CollectionsMarshal.AsSpan(_outlets), _gatherer.Frames);
        }
        catch (Exception failure)
        {
            // Each is still written to, and whatever is wrong with one of them ends its own stream then.
            _context.OnFailure(failure);
        }

        _outlets.Clear();
    }
}
