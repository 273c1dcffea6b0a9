using System.Runtime.InteropServices;

namespace Siar.Topics.Index;

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
