namespace Siar.Storage.Sqlite.Reading;

/// <summary>The positions of several topics together, in order, each once.</summary>
internal sealed class TopicMerge
{
    private readonly PriorityQueue<TopicRun, long> _runs = new();

    /// <summary>Begins after a position.</summary>
    /// <param name="positions">Where the topics' events are.</param>
    /// <param name="topics">The topics' numbers.</param>
    /// <param name="after">The position.</param>
    /// <param name="wanted">How many positions are wanted at most.</param>
    public TopicMerge(TopicPositions positions, IReadOnlyCollection<long> topics, long after, int wanted)
        : this(positions, [.. topics.Select(t => (t, after))], wanted)
    {
    }

    /// <summary>Begins with each topic after a position of its own.</summary>
    /// <param name="positions">Where the topics' events are.</param>
    /// <param name="topics">The topics' numbers, each with the position.</param>
    /// <param name="wanted">How many positions are wanted at most.</param>
    public TopicMerge(TopicPositions positions, IReadOnlyCollection<(long Topic, long After)> topics, int wanted)
    {
        foreach (var (topic, after) in topics)
        {
            var run = new TopicRun(positions, topic, Math.Max(1, wanted / topics.Count));
            if (run.MoveNext(after)) _runs.Enqueue(run, run.Next);
        }
    }

    /// <summary>The next position; null after the last.</summary>
    public long? Next()
    {
        if (!_runs.TryPeek(out _, out var position)) return null;
        while (_runs.TryPeek(out var run, out var next) && next == position)
        {
            if (run.MoveNext(position)) _runs.DequeueEnqueue(run, run.Next);
            else _runs.Dequeue();
        }

        return position;
    }
}
