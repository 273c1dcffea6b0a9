namespace Siar.Hub;

/// <summary>The pages read last, within a byte budget: readers that follow one another find them. Not safe for concurrent use.</summary>
internal sealed class PageCache(long budget)
{
    private readonly Dictionary<PageKey, LinkedListNode<SharedPage>> _byKey = [];
    private readonly LinkedList<SharedPage> _byUse = new();
    private long _cost;

    /// <summary>Where the memory is counted that the pages' frames take in other forms than the plain one.</summary>
    public EncodingCost Encodings { get; } = new();

    /// <summary>The memory held, in bytes.</summary>
    public long Cost => _cost + Encodings.Bytes;

    public SharedPage? Find(PageKey key)
    {
        if (!_byKey.TryGetValue(key, out var node)) return null;
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value;
    }

    public void Add(SharedPage page)
    {
        if (page.Cost > budget)
        {
            page.Block.Drop();
            return;
        }

        if (_byKey.TryGetValue(page.Key, out var older))
        {
            if (ReferenceEquals(older.Value, page)) return;
            Drop(older);
        }

        _byKey.Add(page.Key, _byUse.AddFirst(page));
        _cost += page.Cost;
        while (Cost > budget && _byUse.Count > 0) Drop(_byUse.Last!);
    }

    public void Clear()
    {
        while (_byUse.Last is { } last) Drop(last);
    }

    private void Drop(LinkedListNode<SharedPage> node)
    {
        _byUse.Remove(node);
        _byKey.Remove(node.Value.Key);
        _cost -= node.Value.Cost;
        node.Value.Block.Drop();
    }
}
