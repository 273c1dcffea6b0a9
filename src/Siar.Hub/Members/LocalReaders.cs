namespace Siar.Hub;

/// <summary>
/// This hub's own readers on the Mercure path, each under a name that says of which life of the hub it is: where the hub goes on in another life, all get other names,
/// and their streams notice nothing. Safe for concurrent use.
/// </summary>
internal sealed class LocalReaders(HubId hub)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, PresenceEntry> _entries = [];
    private HubId _hub = hub;
    private long _lastNumber;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _entries.Count;
        }
    }

    /// <summary>Tells that they come and go.</summary>
    public PresenceFeed? Feed { get; set; }

    /// <summary>Makes a name for a reader that may come.</summary>
    public Guid NewId()
    {
        lock (_gate) return NewIdUnderLock();
    }

    /// <summary>Says that a reader has come.</summary>
    /// <returns>What <see cref="Leave"/> is to be given.</returns>
    public Seat Enter(PresenceEntry entry)
    {
        lock (_gate)
        {
            // The hub may have begun another life since the reader was given its name.
            if (!ReaderId.TryRead(entry.Id, out var hub, out _) || hub != _hub) entry = entry.Renew(NewIdUnderLock());
            var seat = new Seat(entry);
            entry.Seat = seat;
            _entries[entry.Id] = entry;
            Feed?.Enter(entry);
            return seat;
        }
    }

    /// <summary>Says that a reader has gone.</summary>
    public void Leave(Seat seat)
    {
        lock (_gate)
        {
            _entries.Remove(seat.Entry.Id);
            Feed?.Leave(seat.Entry);
        }
    }

    /// <summary>The hub goes on in another life: every reader is told to have gone under its old name, and to have come under a new one.</summary>
    public void Renew(HubId next)
    {
        lock (_gate)
        {
            _hub = next;
            _lastNumber = 0;
            foreach (var entry in _entries.Values.OrderBy(e => e.Id, Comparer<Guid>.Create(MemberDirectory.InOrder)).ToList())
            {
                _entries.Remove(entry.Id);
                Feed?.Leave(entry);
                var renewed = entry.Renew(NewIdUnderLock());
                renewed.Seat = entry.Seat;
                renewed.Seat!.Entry = renewed;
                _entries[renewed.Id] = renewed;
                Feed?.Enter(renewed);
            }
        }
    }

    /// <summary>Those that come after one in their order, unordered.</summary>
    public List<PresenceEntry> List(Guid after)
    {
        lock (_gate) return [.. _entries.Values.Where(e => MemberDirectory.InOrder(e.Id, after) > 0)];
    }

    /// <summary>The reader of a name; null where there is none.</summary>
    public PresenceEntry? Find(Guid id)
    {
        lock (_gate) return _entries.GetValueOrDefault(id);
    }

    private Guid NewIdUnderLock() => ReaderId.Create(_hub, ++_lastNumber);

    /// <summary>A stream, whichever name its reader has at the moment.</summary>
    internal sealed class Seat(PresenceEntry entry)
    {
        public PresenceEntry Entry { get; set; } = entry;
    }
}
