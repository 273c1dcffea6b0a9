using System.Runtime.InteropServices;

namespace Siar.Topics.Index;

/// <summary>
/// Appends the union of bags, each value once. Values are hashed only where they can repeat: not in a single bag, and never those of
/// the largest bag, which is asked instead, so that a broadcast costs one copy.
/// </summary>
internal sealed class BagUnion<T>
    where T : class
{
    private const int CheapToClear = 256;

    private readonly List<ValueBag<T>> _bags = [];
    private readonly HashSet<T> _seen = new(ByReference<T>.Comparer);

    public void Add(ValueBag<T> bag)
    {
        if (!bag.IsEmpty) _bags.Add(bag);
    }

    /// <summary>Appends the union of what was added, and forgets it.</summary>
    public void AppendTo(List<T> into)
    {
        if (_bags.Count == 0) return;
        if (_bags.Count == 1) _bags[0].AppendTo(into);
        else AppendDistinct(into);
        _bags.Clear();
    }

    private void AppendDistinct(List<T> into)
    {
        var largest = 0;
        for (var i = 1; i < _bags.Count; i++)
        {
            if (_bags[i].Count > _bags[largest].Count) largest = i;
        }

        _bags[largest].AppendTo(into);
        var start = into.Count;
        for (var i = 0; i < _bags.Count; i++)
        {
            if (i != largest) _bags[i].AppendTo(into);
        }

        KeepNew(into, start, _bags[largest]);
    }

    private void KeepNew(List<T> into, int start, ValueBag<T> largest)
    {
        // Of two bags each is free of repeats, so asking the larger is enough.
        var mayRepeat = _bags.Count > 2;
        var values = CollectionsMarshal.AsSpan(into);
        var kept = start;
        for (var i = start; i < values.Length; i++)
        {
            var value = values[i];
            if (largest.Contains(value) || (mayRepeat && !_seen.Add(value))) continue;
            values[kept++] = value;
        }

        Forget(values[start..kept]);
        into.RemoveRange(kept, into.Count - kept);
    }

    // A set that one large call has grown must not make every later small call wipe its whole table.
    private void Forget(ReadOnlySpan<T> values)
    {
        if (_seen.Count == 0) return;
        if (_seen.Capacity <= CheapToClear || _seen.Capacity / 8 <= _seen.Count)
        {
            _seen.Clear();
            return;
        }

        foreach (var value in values) _seen.Remove(value);
    }
}
