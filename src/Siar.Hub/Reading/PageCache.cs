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
        if (page.Cost > budget || _byKey.ContainsKey(page.Key)) return;
        _byKey.Add(page.Key, _byUse.AddFirst(page));
        _cost += page.Cost;
        while (_cost > budget) DropLast();
    }

    private void DropLast()
    {
        var last = _byUse.Last!.Value;
        _byUse.RemoveLast();
        _byKey.Remove(last.Key);
        _cost -= last.Cost;
    }
}
