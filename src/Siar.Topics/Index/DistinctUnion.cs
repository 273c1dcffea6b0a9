using System.Runtime.InteropServices;

namespace Siar.Topics.Index;

/// <summary>
/// Appends the union of sets, each value once. Values are hashed only where they can repeat: not in a single set, and never those of
/// the largest set, which is asked instead, so that a broadcast costs one copy.
/// </summary>
internal sealed class DistinctUnion<T>
    where T : class
{
    private const int CheapToClear = 256;

    private readonly List<ValueSet<T>> _sets = [];
    private readonly HashSet<T> _seen = new(ReferenceComparer<T>.Comparer);

    public void Add(ValueSet<T> set)
    {
        if (!set.IsEmpty) _sets.Add(set);
    }

    /// <summary>Appends the union of what was added, and forgets it.</summary>
    public void AppendTo(List<T> into)
    {
        if (_sets.Count == 0) return;
        if (_sets.Count == 1) _sets[0].AppendTo(into);
        else AppendDistinct(into);
        _sets.Clear();
    }

    private void AppendDistinct(List<T> into)
    {
        var largest = 0;
        for (var i = 1; i < _sets.Count; i++)
        {
            if (_sets[i].Count > _sets[largest].Count) largest = i;
        }

        _sets[largest].AppendTo(into);
        var start = into.Count;
        for (var i = 0; i < _sets.Count; i++)
        {
            if (i != largest) _sets[i].AppendTo(into);
        }

        KeepNew(into, start, _sets[largest]);
    }

    private void KeepNew(List<T> into, int start, ValueSet<T> largest)
    {
        // Of two sets each is free of repeats, so asking the larger is enough.
        var mayRepeat = _sets.Count > 2;
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
