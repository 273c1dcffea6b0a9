using System.Runtime.InteropServices;

namespace Siar.Topics.Index;

/// <summary>The values under exact topics, found by the topic's hash.</summary>
internal sealed class ExactBags<T>
    where T : class
{
    private const int SmallestToTrim = 64;

    private readonly Dictionary<string, ValueBag<T>> _bags = [];

    public ValueBag<T> Find(string topic) => _bags.GetValueOrDefault(topic);

    public bool Add(string topic, T value) => CollectionsMarshal.GetValueRefOrAddDefault(_bags, topic, out _).Add(value);

    public void Remove(string topic, T value)
    {
        ref var bag = ref CollectionsMarshal.GetValueRefOrNullRef(_bags, topic);
        bag.Remove(value);
        if (!bag.IsEmpty) return;
        _bags.Remove(topic);
        if (_bags.Capacity > SmallestToTrim && _bags.Count < _bags.Capacity / 4) _bags.TrimExcess(_bags.Count * 2);
    }
}
