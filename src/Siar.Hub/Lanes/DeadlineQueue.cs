namespace Siar.Hub;

/// <summary>
/// When a lane must look at which of its subscribers: a heap, so that nobody is looked at before the time, to the millisecond. What is written to a
/// subscriber puts its deadline off without a word here; it is found to be later when the old one comes. Its lane alone uses it.
/// </summary>
internal sealed class DeadlineQueue
{
    private (long Due, Subscriber Subscriber)[] _heap = [];

    public int Count { get; private set; }

    /// <summary>The nearest deadline, in milliseconds of the hub's clock; <see cref="long.MaxValue"/> where there is none.</summary>
    public long Next => Count > 0 ? _heap[0].Due : long.MaxValue;

    /// <summary>Sets a subscriber's deadline: sooner or later than the one that it had.</summary>
    public void Set(Subscriber subscriber, long due)
    {
        var index = subscriber.DeadlineIndex;
        if (index < 0)
        {
            // By a quarter: what a hundred thousand subscribers leave unused is a few bytes each.
            if (Count == _heap.Length) Array.Resize(ref _heap, Math.Max(8, Count + Count / 4));
            index = Count++;
        }

        Place(subscriber, due, index);
    }

    /// <summary>Sets a subscriber's deadline where it is sooner than the one that it has.</summary>
    public void Hasten(Subscriber subscriber, long due)
    {
        if (subscriber.DeadlineIndex is >= 0 and var index && _heap[index].Due > due) Place(subscriber, due, index);
    }

    /// <summary>Takes out the subscriber whose deadline has come; null where none has.</summary>
    public Subscriber? TakeDue(long now)
    {
        if (Next > now) return null;
        var subscriber = _heap[0].Subscriber;
        Remove(subscriber);
        return subscriber;
    }

    /// <summary>Takes a subscriber out, if it has a deadline.</summary>
    public void Remove(Subscriber subscriber)
    {
        var index = subscriber.DeadlineIndex;
        if (index < 0) return;
        subscriber.DeadlineIndex = -1;
        var (due, last) = _heap[--Count];
        _heap[Count] = default;
        if (!ReferenceEquals(last, subscriber)) Place(last, due, index);
    }

    // From a free or its own place, upwards while it is sooner than what is above, or else downwards while something below is sooner.
    private void Place(Subscriber subscriber, long due, int index)
    {
        while (index > 0 && _heap[(index - 1) / 2] is var above && above.Due > due)
        {
            Put(above, index);
            index = (index - 1) / 2;
        }

        for (var below = 2 * index + 1; below < Count; below = 2 * index + 1)
        {
            if (below + 1 < Count && _heap[below + 1].Due < _heap[below].Due) below++;
            if (_heap[below].Due >= due) break;
            Put(_heap[below], index);
            index = below;
        }

        Put((due, subscriber), index);
    }

    private void Put((long Due, Subscriber Subscriber) entry, int index)
    {
        _heap[index] = entry;
        entry.Subscriber.DeadlineIndex = index;
    }
}
