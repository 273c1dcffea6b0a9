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

    /// <summary>A topic's newest positions up to one, the newest first: as many as asked for, or all.</summary>
    /// <param name="newest">Finds positions of a topic (1) up to one (2), at most so many (3), the highest first.</param>
    /// <param name="topic">The topic's number.</param>
    /// <param name="through">The highest position.</param>
    /// <param name="count">How many.</param>
    public List<long> FetchNewest(Statement newest, long topic, long through, int count)
    {
        var found = new List<long>();
        var inMemory = new Queue<long>();
        foreach (var chunk in tail) chunk.Collect(topic, TableEnd, Math.Min(through, head), inMemory);
        foreach (var position in inMemory.Reverse().Take(count)) found.Add(position);
        if (found.Count == count) return found;
        newest.Bind(1, topic).Bind(2, Math.Min(TableEnd, Math.Min(through, head))).Bind(3, count - found.Count);
        while (newest.Step()) found.Add(newest.Number(0));
        return found;
    }

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
