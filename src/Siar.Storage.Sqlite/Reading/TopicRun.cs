using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>The positions of one topic, fetched a few at a time.</summary>
internal sealed class TopicRun(long topic, int fetch)
{
    private const int MaxFetch = 512;
    private readonly Queue<long> _fetched = new();
    private int _fetch = fetch;

    /// <summary>The next position.</summary>
    public long Next => _fetched.Peek();

    /// <summary>Goes on to the next position.</summary>
    /// <param name="positions">Finds positions of a topic after one, up to another, at most so many.</param>
    /// <param name="after">The position before.</param>
    /// <param name="head">The last position to read.</param>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext(Statement positions, long after, long head)
    {
        if (_fetched.TryDequeue(out _) && _fetched.Count > 0) return true;
        positions.Bind(1, topic).Bind(2, after).Bind(3, head).Bind(4, _fetch);
        while (positions.Step()) _fetched.Enqueue(positions.Number(0));
        _fetch = Math.Min(_fetch * 4, MaxFetch);
        return _fetched.Count > 0;
    }
}
