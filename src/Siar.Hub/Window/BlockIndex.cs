using System.Collections.Immutable;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>Where in a full block a topic's frames are, and those with a publisher's own id. Immutable.</summary>
internal sealed class BlockIndex
{
    private readonly HashedEntries _topics;
    private readonly HashedEntries _ids;

    private BlockIndex(HashedEntries topics, HashedEntries ids)
    {
        _topics = topics;
        _ids = ids;
    }

    public static BlockIndex Of(FrameBlock block)
    {
        var topics = new List<(int Hash, int Index)>(block.Count);
        var ids = new List<(int Hash, int Index)>();
        for (var i = 0; i < block.Count; i++)
        {
            var content = block.Entry(i).Event.Content;
            foreach (var topic in content.Topics) topics.Add((topic.GetHashCode(), i));
            if (!content.Id.IsNone) ids.Add((content.Id.GetHashCode(), i));
        }

        return new BlockIndex(new HashedEntries(topics), new HashedEntries(ids));
    }

    /// <summary>Adds the indexes, from a first one on, of the frames that may be about one of the topics, in order and without repeats.</summary>
    public void FindTopics(ImmutableArray<Topic> topics, int from, List<int> into)
    {
        foreach (var topic in topics) _topics.Find(topic.GetHashCode(), from, into);
        if (topics.Length == 1) return;

        into.Sort();
        var kept = 0;
        for (var i = 0; i < into.Count; i++)
        {
            if (kept == 0 || into[i] != into[kept - 1]) into[kept++] = into[i];
        }

        into.RemoveRange(kept, into.Count - kept);
    }

    /// <summary>The first index, from one on, of a frame that may have an id; -1 where there is none. Allocates nothing.</summary>
    public int FindId(EventId id, int from) => _ids.FindFirst(id.GetHashCode(), from);
}
