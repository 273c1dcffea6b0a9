namespace Siar.Topics.Index;

/// <summary>
/// Remembers which patterns mean a topic, for the topics that were asked for last, within a bound of memory: when the young
/// generation is full it becomes the old one, and what was the old one is forgotten, save what was asked for meanwhile.
/// </summary>
/// <param name="maxBytes">About how much memory the memo may take.</param>
internal sealed class PatternMemo<T>(int maxBytes)
    where T : class
{
    private readonly int _maxGeneration = maxBytes / 2;
    private MemoGeneration<T> _young = new();
    private MemoGeneration<T> _old = new();

    /// <inheritdoc cref="MemoGeneration{T}.TryGet" />
    public bool TryGet(string topic, List<PatternEntry<T>> into, out long upTo)
    {
        if (_young.TryGet(topic, into, out upTo)) return true;
        if (!_old.TryGet(topic, into, out upTo)) return false;
        Set(topic, into, upTo);
        return true;
    }

    /// <summary>Remembers the entries for the topic, unless they alone would push out most of what is remembered.</summary>
    public void Set(string topic, List<PatternEntry<T>> entries, long upTo)
    {
        var bytes = MemoGeneration<T>.BytesFor(topic, entries.Count);
        if (bytes > _maxGeneration / 4) return;
        if (_young.Bytes + bytes > _maxGeneration)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        _young.Set(topic, entries, upTo);
    }
}
