namespace Siar.Hub;

/// <summary>The pages read last, within a byte budget: readers that follow one another find them. Not safe for concurrent use.</summary>
internal sealed class PageCache(long budget)
{
    private readonly Dictionary<PageKey, LinkedListNode<SharedPage>> _byKey = [];
    private readonly LinkedList<SharedPage> _byUse = new();
    private long _cost;

    public long Cost => _cost;

    public SharedPage? Find(PageKey key)
    {
        if (!_byKey.TryGetValue(key, out var node)) return null;
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value;
    }

    public void Add(SharedPage page)
    {
        if (page.Cost > budget) return;
        if (_byKey.TryGetValue(page.Key, out var older))
        {
            if (ReferenceEquals(older.Value, page)) return;
            Drop(older);
        }

        _byKey.Add(page.Key, _byUse.AddFirst(page));
        _cost += page.Cost;
        while (_cost > budget) Drop(_byUse.Last!);
    }

    private void Drop(LinkedListNode<SharedPage> node)
    {
        _byUse.Remove(node);
        _byKey.Remove(node.Value.Key);
        _cost -= node.Value.Cost;
    }
}
