using System.Collections.Concurrent;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// Which revocations are in force, as far as the hub has come in the log: a caller is looked up by its marks, and costs nothing where there are none. Of a filter the
/// newest fact holds, in whatever order the facts come here. Safe for concurrent use; looking up takes no lock.
/// </summary>
internal sealed class RevocationTable
{
    private readonly ConcurrentDictionary<UInt128, Entry> _byMark = new();
    private readonly Lock _gate = new();

    // Guarded by the gate.
    private readonly PriorityQueue<(UInt128 Mark, long Position), DateTimeOffset> _byEnd = new();
    private Queue<(UInt128 Mark, long Position)> _byAge = new();
    private long _facts;
    private long _newestPosition;

    private long _through;
    private EventId _newest;
    private int _count;

    /// <summary>How many there are, those that have lapsed a moment ago among them.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The id of the newest fact that has come here; none before the first.</summary>
    public EventId Newest
    {
        get
        {
            lock (_gate) return _newest;
        }
    }

    /// <summary>The revocation that means a caller at a moment; null where none does.</summary>
    /// <param name="marks">The caller's marks; null where it has none.</param>
    /// <param name="address">Its address, as <see cref="CallerFilter.NameOf"/> names it; null where it has none.</param>
    /// <param name="now">The moment.</param>
    public Revocation? Find(CallerMarks? marks, string? address, DateTimeOffset now)
    {
        if (Count == 0) return null;
        if (address is not null && Find(CallerMarks.Of(CallerFilterKind.Address, address), now) is { } ofAddress) return ofAddress;
        if (marks is null) return null;
        foreach (var mark in marks.AsSpan())
        {
            if (Find(mark, now) is { } revocation) return revocation;
        }

        return null;
    }

    /// <summary>The revocation of a filter itself; null where there is none in force.</summary>
    public Revocation? Find(UInt128 mark, DateTimeOffset now) => _byMark.TryGetValue(mark, out var entry) && entry.Revocation.Until > now ? entry.Revocation : null;

    /// <summary>All that are in force at a moment, in no order.</summary>
    public IEnumerable<Revocation> All(DateTimeOffset now) => _byMark.Values.Select(e => e.Revocation).Where(r => r.Until > now);

    /// <summary>Takes a fact of the log, also for the second time.</summary>
    /// <param name="fact">What it says.</param>
    /// <param name="logged">Where it stands.</param>
    /// <returns>Whether a revocation is in force by it that was not before.</returns>
    public bool Apply(RevocationFact fact, LoggedEvent logged)
    {
        lock (_gate)
        {
            if (Note(logged)) _facts++;
            if (fact.Until is not { } until || logged.Position <= _through) return false;
            var mark = fact.Callers.Mark;
            if (_byMark.TryGetValue(mark, out var known) && known.Position >= logged.Position) return false;
            _byMark[mark] = new Entry(new Revocation(fact.Callers, until), logged.Position, _facts);
            _byEnd.Enqueue((mark, logged.Position), until);
            _byAge.Enqueue((mark, logged.Position));
            Volatile.Write(ref _count, _byMark.Count);
            return true;
        }
    }

    /// <summary>Says that every fact up to a position has come here.</summary>
    public void Reach(long position)
    {
        lock (_gate) _through = Math.Max(_through, position);
    }

    /// <summary>Takes all that the log has up to a position, in the place of what was known up to there.</summary>
    /// <param name="facts">The facts, in the order of their positions.</param>
    /// <param name="through">The position.</param>
    /// <param name="isLost">Whether what stood behind the position is lost.</param>
    public void Replace(IEnumerable<(RevocationFact Fact, LoggedEvent Logged)> facts, long through, bool isLost)
    {
        lock (_gate)
        {
            var newer = isLost ? [] : _byMark.Values.Where(e => e.Position > through).OrderBy(e => e.Position).ToList();
            var kept = new Dictionary<UInt128, Entry>();
            if (isLost) (_newestPosition, _newest) = (0, default);
            foreach (var (fact, logged) in facts)
            {
                Note(logged);
                _facts++;
                if (fact.Until is { } until) kept[fact.Callers.Mark] = new Entry(new Revocation(fact.Callers, until), logged.Position, _facts);
            }

            foreach (var entry in newer) kept[entry.Revocation.Callers.Mark] = entry with { Number = ++_facts };

            // In this order, so that who looks up meanwhile misses none that stays.
            foreach (var (mark, entry) in kept) _byMark[mark] = entry;
            foreach (var (mark, _) in _byMark)
            {
                if (!kept.ContainsKey(mark)) _byMark.TryRemove(mark, out _);
            }

            _byEnd.Clear();
            _byEnd.EnqueueRange(kept.Select(k => ((k.Key, k.Value.Position), k.Value.Revocation.Until)));
            _byAge = new(kept.OrderBy(k => k.Value.Position).Select(k => (k.Key, k.Value.Position)));
            _through = isLost ? through : Math.Max(_through, through);
            Volatile.Write(ref _count, _byMark.Count);
        }
    }

    /// <summary>Lets go of what has lapsed.</summary>
    public void Forget(DateTimeOffset now)
    {
        if (Count == 0) return;
        lock (_gate)
        {
            var ahead = default(List<((UInt128, long), DateTimeOffset)>);
            while (_byEnd.TryPeek(out var first, out var until) && until <= now)
            {
                _byEnd.Dequeue();
                if (!_byMark.TryGetValue(first.Mark, out var entry) || entry.Position != first.Position) continue;

                // An older fact of the filter that still comes must find that it is older.
                if (first.Position > _through) (ahead ??= []).Add((first, until));
                else _byMark.TryRemove(first.Mark, out _);
            }

            foreach (var (item, until) in ahead ?? []) _byEnd.Enqueue(item, until);
            Volatile.Write(ref _count, _byMark.Count);
        }
    }

    /// <summary>The oldest that is in force, where so many facts have come since that the log may soon let go of it; else null.</summary>
    public Revocation? FindOldest(DateTimeOffset now, int facts)
    {
        lock (_gate)
        {
            while (_byAge.TryPeek(out var first))
            {
                if (_byMark.TryGetValue(first.Mark, out var entry) && entry.Position == first.Position && entry.Revocation.Until > now)
                    return _facts - entry.Number < facts ? null : entry.Revocation;
                _byAge.Dequeue();
            }

            return null;
        }
    }

    private bool Note(LoggedEvent logged)
    {
        if (logged.Position <= _newestPosition) return false;
        (_newestPosition, _newest) = (logged.Position, logged.Id);
        return true;
    }

    private readonly record struct Entry(Revocation Revocation, long Position, long Number);
}
