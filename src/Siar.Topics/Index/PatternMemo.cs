using System.Runtime.InteropServices;

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

/// <summary>What is remembered for a number of topics, in two blocks of memory that are used again when the generation is cleared.</summary>
internal sealed class MemoGeneration<T>
    where T : class
{
    private const int BytesPerTopic = 96;

    private readonly Dictionary<string, Slot> _slots = [];
    private readonly List<PatternEntry<T>> _found = [];

    /// <summary>About how much memory the generation holds, the topics' text included.</summary>
    public int Bytes { get; private set; }

    /// <summary>About how much memory one topic's entries take.</summary>
    public static int BytesFor(string topic, int entries) => BytesPerTopic + (topic.Length * sizeof(char)) + (entries * IntPtr.Size);

    /// <summary>Appends what is remembered for the topic.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="into">Where the entries are appended.</param>
    /// <param name="upTo">The number of the first addition that is not considered.</param>
    /// <returns>Whether the topic is remembered.</returns>
    public bool TryGet(string topic, List<PatternEntry<T>> into, out long upTo)
    {
        var known = _slots.TryGetValue(topic, out var slot);
        upTo = slot.UpTo;
        if (known) into.AddRange(CollectionsMarshal.AsSpan(_found).Slice(slot.Start, slot.Count));
        return known;
    }

    public void Set(string topic, List<PatternEntry<T>> entries, long upTo)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slots, topic, out _);
        slot = new Slot(_found.Count, entries.Count, upTo);
        _found.AddRange(entries);
        Bytes += BytesFor(topic, entries.Count);
    }

    public void Clear()
    {
        _slots.Clear();
        _found.Clear();
        Bytes = 0;
    }

    private readonly record struct Slot(int Start, int Count, long UpTo);
}
