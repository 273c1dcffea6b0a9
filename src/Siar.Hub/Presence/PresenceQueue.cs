namespace Siar.Hub;

/// <summary>
/// Comings and goings that wait to be told, bounded in events and in bytes. A reader that comes and goes while its coming waits leaves nothing,
/// unless a list has shown it meanwhile. Each waits until the rates of its address and of its token allow it. Safe for concurrent use.
/// </summary>
internal sealed class PresenceQueue(LimitOptions limits)
{
    private readonly Lock _gate = new();
    private readonly SortedSet<PresenceChange> _changes = new(Comparer<PresenceChange>.Create(InOrder));
    private readonly PresenceRate<string> _byAddress = new(() => limits.PresenceEventsPerAddress);
    private readonly PresenceRate<CallerIdentity> _byToken = new(() => limits.PresenceEventsPerToken);
    private PresenceSize _waiting;
    private long _numbers;

    /// <summary>How many events wait.</summary>
    public int Events
    {
        get
        {
            lock (_gate) return _waiting.Events;
        }
    }

    /// <summary>How many bytes they have at most.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate) return _waiting.Bytes;
        }
    }

    /// <summary>Leaves word that a reader has come.</summary>
    /// <param name="entry">The reader.</param>
    /// <param name="size">What its coming takes, or its going.</param>
    /// <param name="now">The time, in seconds since the hub began.</param>
    /// <returns>False where there is no room: nothing was left.</returns>
    public bool TryEnter(PresenceEntry entry, PresenceSize size, double now)
    {
        lock (_gate)
        {
            entry.Coming = TryAdd(entry, isActive: true, size, now);
            return entry.Coming is not null;
        }
    }

    /// <summary>Leaves word that a reader has gone, or takes away the word that it came.</summary>
    /// <inheritdoc cref="TryEnter" />
    public bool TryLeave(PresenceEntry entry, PresenceSize size, double now)
    {
        lock (_gate)
        {
            entry.HasLeft = true;
            if (entry.Coming is { } coming)
            {
                Remove(coming);
                if (!entry.IsListed) size -= coming.Left;
            }

            return size.Events == 0 || TryAdd(entry, isActive: false, size, now) is not null;
        }
    }

    /// <summary>Says that a reader left while nothing was told of it: what waits of it is no more, and no list shows it.</summary>
    public void Forget(PresenceEntry entry)
    {
        lock (_gate)
        {
            entry.HasLeft = true;
            if (entry.Coming is { } coming) Remove(coming);
        }
    }

    /// <summary>Says that a list is about to show a reader. False where it has gone, and must not be shown.</summary>
    public bool Show(PresenceEntry entry)
    {
        lock (_gate)
        {
            entry.IsListed = true;
            return !entry.HasLeft;
        }
    }

    /// <summary>Takes what is due, oldest first: at most so many events of at most so many bytes, and one at least.</summary>
    public List<PresenceUpdate> Take(int maxEvents, long maxBytes, double now)
    {
        var taken = new List<PresenceUpdate>();
        lock (_gate)
        {
            while (taken.Count < maxEvents && _changes.Min is { } first && first.Due <= now)
            {
                var bytes = first.Entry.BytesOf(first.Next);
                maxBytes -= bytes;
                if (maxBytes < 0 && taken.Count > 0) break;
                taken.Add(new PresenceUpdate(first.Entry, first.Next++, first.IsActive));
                first.Left -= PresenceSize.OfEvent(bytes);
                _waiting -= PresenceSize.OfEvent(bytes);
                if (first.Left.Events == 0) Finish(first);
            }
        }

        return taken;
    }

    /// <summary>Lets go of everything that waits.</summary>
    /// <returns>Whether anything did.</returns>
    public bool Clear()
    {
        lock (_gate)
        {
            if (_changes.Count == 0) return false;
            foreach (var change in _changes) change.Entry.Coming = null;
            _changes.Clear();
            _waiting = default;
            return true;
        }
    }

    private static int InOrder(PresenceChange one, PresenceChange other) =>
        one.Due.CompareTo(other.Due) is not 0 and var order ? order : one.Number.CompareTo(other.Number);

    private PresenceChange? TryAdd(PresenceEntry entry, bool isActive, PresenceSize size, double now)
    {
        var waiting = _waiting + size;
        if (waiting.Events > limits.PresenceEvents || waiting.Bytes > limits.PresenceBytes) return null;
        var due = now;
        if (entry.Address is { } address) due = _byAddress.Take(address, size.Amount, now);
        if (!entry.Reader.IsNone) due = Math.Max(due, _byToken.Take(entry.Reader, size.Amount, now));
        var change = new PresenceChange(entry, isActive, size, due, ++_numbers);
        _changes.Add(change);
        _waiting = waiting;
        return change;
    }

    private void Remove(PresenceChange coming)
    {
        _waiting -= coming.Left;
        if (coming.Entry.Address is { } address) _byAddress.Return(address, coming.Left.Amount);
        if (!coming.Entry.Reader.IsNone) _byToken.Return(coming.Entry.Reader, coming.Left.Amount);
        Finish(coming);
    }

    private void Finish(PresenceChange change)
    {
        _changes.Remove(change);
        if (change.IsActive) change.Entry.Coming = null;
    }
}
