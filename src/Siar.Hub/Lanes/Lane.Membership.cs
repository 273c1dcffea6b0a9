namespace Siar.Hub;

/// <summary>Coming and going.</summary>
internal sealed partial class Lane
{
    private void Add(Subscriber subscriber)
    {
        var interest = new Interest(subscriber.Request.Matchers, subscriber.Request.Grants, subscriber.Outlet.TakesSignals);
        if (!_groups.TryGetValue(interest, out var group))
        {
            group = new InterestGroup(interest, _head, _context.Tuning.RecentPositions);
            group.LookForClosings(_context.Log, _head);
            // In this order: a group that others would find must be in the index.
            _index.Add(interest.Matchers, group);
            _groups.Add(interest, group);
        }
        else
        {
            subscriber.Share(group.Interest);
        }

        // It belongs to the lane once it has a group, and not before it is in the list.
        subscriber.Index = _all.Count;
        _all.Add(subscriber);
        group.Subscribers++;
        subscriber.Group = group;
        subscriber.LastWrite = _now;
        subscriber.JoinedAt = _now;
        subscriber.EndsAt = EndOf(subscriber);
        subscriber.KeepAliveSeconds = Math.Max(1, (int)(subscriber.Request.KeepAlive ?? _context.Options.KeepAlive).TotalSeconds);
        if (Took(subscriber, subscriber.Outlet.Attach(new OutletSignal(this, subscriber)))) Requeue(subscriber);
    }

    private int EndOf(Subscriber subscriber)
    {
        var end = int.MaxValue;
        var lifetime = _context.Options.MaxLifetime.TotalSeconds;
        if (lifetime > 0 && subscriber.Outlet.HasPeer) end = _now + Math.Max(1, (int)(lifetime * (0.8 + (0.2 * _context.Chance()))));
        if (subscriber.Request.EndsAt is { } moment) end = Math.Min(end, _context.Clock.SecondsAt(moment));
        return end;
    }

    private void Close(Subscriber subscriber, EndReason reason)
    {
        if (subscriber.State is SubscriberState.New or SubscriberState.Ended) return;
        if (reason is EndReason.PeerClosed) Abort(subscriber, reason);
        else End(subscriber, reason, retryMilliseconds: null);
    }

    /// <summary>Ends a stream properly; one that cannot be written to is cut off.</summary>
    private void End(Subscriber subscriber, EndReason reason, int? retryMilliseconds)
    {
        if (subscriber.State is SubscriberState.Full)
        {
            Abort(subscriber, reason);
            return;
        }

        subscriber.Outlet.End(retryMilliseconds);
        Remove(subscriber, reason);
    }

    private void Abort(Subscriber subscriber, EndReason reason)
    {
        subscriber.Outlet.Abort();
        Remove(subscriber, reason);
    }

    private void Remove(Subscriber subscriber, EndReason reason)
    {
        if (subscriber.State is SubscriberState.Level) TakeLevel(subscriber);
        else if (subscriber.State is SubscriberState.Ahead) TakeAhead(subscriber.LevelIndex);
        LetGoOfPage(subscriber);

        var last = _all[^1];
        _all[subscriber.Index] = last;
        last.Index = subscriber.Index;
        _all.RemoveAt(_all.Count - 1);

        var group = subscriber.Group!;
        if (--group.Subscribers == 0)
        {
            _groups.Remove(group.Interest);
            _index.Remove(group.Interest.Matchers, group);
        }

        LetGo(subscriber, reason);
    }

    private void LetGo(Subscriber subscriber, EndReason reason)
    {
        subscriber.State = SubscriberState.Ended;
        _context.Patterns.Return(subscriber.Request.Matchers);
        if (subscriber.IsListener) _context.Presence!.EndListening();
        Counters.AddEnded(reason);
        subscriber.MarkEnded(reason);
    }

    /// <summary>Does something for one subscriber so that its failure ends its own stream and nobody else's.</summary>
    private void Guarded(Subscriber subscriber, Action<Lane, Subscriber> action)
    {
        try
        {
            action(this, subscriber);
        }
        catch (Exception failure)
        {
            Fail(subscriber, failure);
        }
    }

    private void Fail(Subscriber subscriber, Exception failure)
    {
        _context.OnFailure(failure);
        if (subscriber.State is SubscriberState.Ended) return;
        try
        {
            subscriber.Outlet.Abort();
        }
        catch (Exception second)
        {
            _context.OnFailure(second);
        }

        // One that failed while it was taken in is in no list yet. Whoever waits for its end, and its patterns, are waited for all the same.
        if (subscriber.Group is null) LetGo(subscriber, EndReason.Failed);
        else Remove(subscriber, EndReason.Failed);
    }

    private void TakeLevel(Subscriber subscriber)
    {
        var level = subscriber.Group!.Level;
        var last = level[^1];
        level[subscriber.LevelIndex] = last;
        last.LevelIndex = subscriber.LevelIndex;
        level.RemoveAt(level.Count - 1);
        _level--;
    }

    private Subscriber TakeAhead(int index)
    {
        var taken = _ahead[index];
        var last = _ahead[^1];
        _ahead[index] = last;
        last.LevelIndex = index;
        _ahead.RemoveAt(_ahead.Count - 1);
        return taken;
    }
}
