using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// Where in a full block a topic's frames are: pairs of the topic's hash and the frame's index in one sorted array, eight bytes each, so
/// that a reader of a rare topic passes over a block in a few steps. Immutable.
/// </summary>
internal sealed class BlockTopics
{
    private readonly ulong[] _pairs;

    private BlockTopics(ulong[] pairs) => _pairs = pairs;

    public static BlockTopics Of(FrameBlock block)
    {
        var pairs = new List<ulong>(block.Count);
        for (var i = 0; i < block.Count; i++)
        {
            foreach (var topic in block.Entry(i).Event.Content.Topics) pairs.Add(Pair(topic, i));
        }

        pairs.Sort();
        return new BlockTopics([.. pairs]);
    }

    /// <summary>
    /// Adds the indexes, from a first one on, of the frames that may be about one of the topics (two topics may share a hash), in order
    /// and without repeats.
    /// </summary>
    public void Find(ImmutableArray<Topic> topics, int from, List<int> into)
    {
        foreach (var topic in topics)
        {
            var wanted = Pair(topic, from);
            var hash = wanted >> 32;
            for (var i = LowerBound(wanted); i < _pairs.Length && _pairs[i] >> 32 == hash; i++) into.Add((int)(uint)_pairs[i]);
        }

        if (topics.Length == 1) return;
        into.Sort();
        var kept = 0;
        for (var i = 0; i < into.Count; i++)
        {
            if (i == 0 || into[i] != into[kept - 1]) into[kept++] = into[i];
        }

        into.RemoveRange(kept, into.Count - kept);
    }

    private int LowerBound(ulong wanted)
    {
        var found = Array.BinarySearch(_pairs, wanted);
        return found >= 0 ? found : ~found;
    }

    private static ulong Pair(Topic topic, int index) => ((ulong)(uint)topic.GetHashCode() << 32) | (uint)index;
}
