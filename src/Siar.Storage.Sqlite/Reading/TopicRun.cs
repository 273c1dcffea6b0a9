namespace Siar.Storage.Sqlite.Reading;

/// <summary>The positions of one topic, fetched a few at a time.</summary>
internal sealed class TopicRun(TopicPositions positions, long topic, int fetch)
{
    private const int MaxFetch = 512;
    private readonly Queue<long> _fetched = new();
    private int _fetch = fetch;
    private bool _isAll;

    /// <summary>The next position.</summary>
    public long Next => _fetched.Peek();

    /// <summary>Goes on to the next position after one.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext(long after)
    {
        if (_fetched.TryDequeue(out _) && _fetched.Count > 0) return true;
        if (!_isAll) _isAll = positions.Fetch(topic, after, _fetch, _fetched);
        _fetch = Math.Min(_fetch * 4, MaxFetch);
        return _fetched.Count > 0;
    }
}
