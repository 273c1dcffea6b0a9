namespace Siar.Hub;

/// <summary>Keep-alives, lifetimes, peers that stopped reading, and the end of everything.</summary>
internal sealed partial class Lane
{
    /// <summary>Looks at every subscriber once a second, some in each turn.</summary>
    private void WatchDeadlines()
    {
        if (_sweepNext == 0)
        {
            if (_now == _sweptAt) return;
            _sweptAt = _now;
            _sweepNext = _all.Count;
        }

        // From the end, so that one who leaves (another takes the place) is never passed over.
        var stop = Math.Max(0, _sweepNext - _context.Tuning.Deadlines);
        while (_sweepNext > stop)
        {
            _sweepNext--;
            if (_sweepNext < _all.Count) Guarded(_all[_sweepNext], static (lane, s) => lane.Watch(s));
        }
    }

    private void Watch(Subscriber subscriber)
    {
        if (_now >= subscriber.EndsAt) End(subscriber, EndReason.Expired, retryMilliseconds: null);
        else if (subscriber.State is SubscriberState.Full) WatchFull(subscriber);
        else if (_now - subscriber.LastWrite >= subscriber.KeepAliveSeconds) KeepAlive(subscriber);
    }

    private void WatchFull(Subscriber subscriber)
    {
        if (subscriber.Outlet.HasPeer && _now - subscriber.FullSince >= _context.Options.WriteDeadline.TotalSeconds) Abort(subscriber, EndReason.Stalled);
    }

    private void KeepAlive(Subscriber subscriber)
    {
        var isLevel = subscriber.State is SubscriberState.Level;
        var cursor = isLevel ? _head : subscriber.Cursor;
        var isNews = subscriber.Outlet.TakesSignals && cursor > subscriber.SentThrough && subscriber.PendingGap is null && (cursor > 0 || subscriber.Prelude is null);
        if (isNews) Wrote(subscriber, cursor);
        subscriber.LastWrite = _now;
        var state = subscriber.Outlet.WriteKeepAlive(isNews ? IdOf(cursor) : null);
        if (state is OutletState.Ready) return;

        // Took() counts on a subscriber that is in no list but a queue, where one that is not Queued is passed over.
        if (isLevel) TakeLevel(subscriber);
        else if (subscriber.State is SubscriberState.Ahead) TakeAhead(subscriber.LevelIndex);
        subscriber.Cursor = cursor;
        subscriber.State = SubscriberState.Queued;
        Took(subscriber, state);
    }

    /// <summary>Ends streams in waves, so that the messages of those that still come are taken between.</summary>
    private void DrainSome()
    {
        for (var i = 0; i < _context.Tuning.Deadlines && _all.Count > 0; i++) Guarded(_all[^1], static (lane, s) => lane.End(s, EndReason.Draining, lane.RetryDelay()));
        if (_all.Count == 0) _drained.TrySetResult();
    }

    private int RetryDelay() => (int)(_context.Options.ReconnectDelay.TotalMilliseconds * (0.5 + _context.Chance()));
}
