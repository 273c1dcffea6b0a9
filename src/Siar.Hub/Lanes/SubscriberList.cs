namespace Siar.Hub;

/// <summary>
/// Subscribers in an order, in an array: to go through ten thousand of them touches none but those that are wanted. One is in at most one list: adding
/// it to another takes it out of the first, so that none holds an entry from before. Its lane alone uses it.
/// </summary>
internal sealed class SubscriberList
{
    // A ring, whose length is a power of two. One that is taken out from between leaves its slot empty.
    private Subscriber?[] _slots = [];
    private int _start;

    /// <summary>How many subscribers there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many slots lie from the first subscriber to the last, the empty ones between them included.</summary>
    public int Slots { get; private set; }

    public Subscriber? First => Count > 0 ? _slots[_start] : null;

    /// <summary>The subscriber in a slot, counted from the first; null where it was taken out.</summary>
    public Subscriber? this[int slot] => _slots[(_start + slot) & (_slots.Length - 1)];

    /// <summary>Puts a subscriber behind all others, also one that is in the list already.</summary>
    public void Add(Subscriber subscriber)
    {
        // First, so that a failure leaves it where it is.
        Reserve(1);
        subscriber.List?.Remove(subscriber);
        Append(subscriber);
    }

    /// <summary>Takes a subscriber of this list out.</summary>
    public void Remove(Subscriber subscriber)
    {
        _slots[subscriber.Slot] = null;
        subscriber.List = null;
        if (--Count == 0) Slots = 0;
        else SkipEmpty();
    }

    /// <summary>An event has come for all of them, which are live: they go, in their order, behind those of a queue.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="cursor">Where the lane was before the event.</param>
    public void MatchAll(SubscriberList queue, long cursor)
    {
        queue.Reserve(Count);
        for (var i = 0; i < Slots; i++)
        {
            ref var slot = ref _slots[(_start + i) & (_slots.Length - 1)];
            if (slot is not { } subscriber) continue;
            slot = null;
            subscriber.Match(cursor);
            queue.Append(subscriber);
        }

        Count = 0;
        Slots = 0;
    }

    /// <summary>Whether something holds for each of them.</summary>
    public bool All(Func<Subscriber, bool> holds)
    {
        for (var i = 0; i < Slots; i++)
        {
            if (this[i] is { } subscriber && !holds(subscriber)) return false;
        }

        return true;
    }

    /// <summary>Makes room for some more. Where it fails, nothing has changed.</summary>
    private void Reserve(int more)
    {
        if (Slots + more <= _slots.Length) return;
        var length = Math.Max(1, _slots.Length);
        // At least half of the room is free then, so that the work is spread over as many that come.
        while (length < 2 * Count || length < Count + more) length *= 2;
        var slots = new Subscriber?[length];
        var used = 0;
        for (var i = 0; i < Slots; i++)
        {
            if (this[i] is not { } subscriber) continue;
            subscriber.Slot = used;
            slots[used++] = subscriber;
        }

        (_slots, _start, Slots) = (slots, 0, used);
    }

    private void Append(Subscriber subscriber)
    {
        var slot = (_start + Slots++) & (_slots.Length - 1);
        _slots[slot] = subscriber;
        subscriber.List = this;
        subscriber.Slot = slot;
        Count++;
    }

    private void SkipEmpty()
    {
        while (_slots[_start] is null)
        {
            _start = (_start + 1) & (_slots.Length - 1);
            Slots--;
        }
    }
}
