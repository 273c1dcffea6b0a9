using System.Collections.Immutable;
using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>Where the events of topics are, as one reading of the log sees it: in the table up to where memory begins, then there.</summary>
/// <param name="statement">Finds positions of a topic (1) after one (2), up to another (3), at most so many (4).</param>
/// <param name="tail">The newest events' index, taken before the file's snapshot.</param>
/// <param name="head">The last position to read.</param>
internal sealed class TopicPositions(Statement statement, ImmutableArray<TailChunk> tail, long head)
{
    /// <summary>What a reader of the table must select.</summary>
    public const string Sql = "SELECT position FROM event_topic WHERE topic = ?1 AND position > ?2 AND position <= ?3 ORDER BY position LIMIT ?4";

    /// <summary>Behind this position an event that the index names may have been trimmed since.</summary>
    public long TableEnd => tail[0].After;

    /// <summary>Appends a topic's next positions.</summary>
    /// <param name="topic">The topic's number.</param>
    /// <param name="after">The position before.</param>
    /// <param name="count">How many to look for in the table.</param>
    /// <param name="into">Where they go.</param>
    /// <returns>Whether these are all.</returns>
    public bool Fetch(long topic, long after, int count, Queue<long> into)
    {
        if (after < TableEnd)
        {
            statement.Bind(1, topic).Bind(2, after).Bind(3, Math.Min(TableEnd, head)).Bind(4, count);
            while (statement.Step()) into.Enqueue(statement.Number(0));
            if (into.Count >= count) return false;
        }

        foreach (var chunk in tail) chunk.Collect(topic, after, head, into);
        return true;
    }
}
