using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Siar.Topics.Index;

/// <summary>The values under exact topics, found by the topic's hash.</summary>
internal sealed class ExactIndex<T>
    where T : class
{
    private const int SmallestToTrim = 64;

    private readonly Dictionary<string, ValueSet<T>> _sets = [];

    public ValueSet<T> Find(string topic) => _sets.GetValueOrDefault(topic);

    public bool Add(string topic, T value) => CollectionsMarshal.GetValueRefOrAddDefault(_sets, topic, out _).Add(value);

    public void Remove(string topic, T value)
    {
        ref var values = ref CollectionsMarshal.GetValueRefOrNullRef(_sets, topic);
        values.Remove(value);
        if (!values.IsEmpty) return;
        _sets.Remove(topic);
        if (_sets.Capacity > SmallestToTrim && _sets.Count < _sets.Capacity / 4) _sets.TrimExcess(_sets.Count * 2);
    }
}

/// <summary>Counts the entries that were added again while they stood: a set holds a value once, so their further adds are kept here. Usually empty.</summary>
internal sealed class DuplicateEntries<T>
    where T : class
{
    private readonly Dictionary<Entry<T>, int> _more = [];

    public void Add(Matcher matcher, T value) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_more, new Entry<T>(matcher, value), out _)++;

    /// <summary>Takes one further add back; false when there is none, so the value must leave its set.</summary>
    public bool TryRemove(Matcher matcher, T value)
    {
        if (_more.Count == 0) return false;
        var entry = new Entry<T>(matcher, value);
        if (!_more.TryGetValue(entry, out var more)) return false;
        if (more == 1) _more.Remove(entry);
        else _more[entry] = more - 1;
        return true;
    }
}

/// <summary>That a value stands under a matcher.</summary>
internal readonly struct Entry<T>(Matcher matcher, T value) : IEquatable<Entry<T>>
    where T : class
{
    private readonly Matcher _matcher = matcher;
    private readonly T _value = value;

    public bool Equals(Entry<T> other) => ReferenceEquals(_value, other._value) && _matcher.Equals(other._matcher);

    public override bool Equals(object? obj) => obj is Entry<T> other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_matcher, RuntimeHelpers.GetHashCode(_value));
}
