using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>The positions of several topics together, in order, each once.</summary>
internal sealed class TopicMerge
{
    private readonly PriorityQueue<TopicRun, long> _runs = new();
    private readonly Statement _positions;
    private readonly long _head;

    /// <summary>Begins after a position.</summary>
    /// <param name="positions">Finds positions of a topic; see <see cref="TopicRun.MoveNext"/>.</param>
    /// <param name="topics">The topics' numbers.</param>
    /// <param name="after">The position.</param>
    /// <param name="head">The last position to read.</param>
    /// <param name="wanted">How many positions are wanted at most.</param>
    public TopicMerge(Statement positions, IReadOnlyCollection<long> topics, long after, long head, int wanted)
    {
        _positions = positions;
        _head = head;
        foreach (var topic in topics)
        {
            var run = new TopicRun(topic, Math.Max(1, wanted / topics.Count));
            if (run.MoveNext(positions, after, head)) _runs.Enqueue(run, run.Next);
        }
    }

    /// <summary>The next position; null after the last.</summary>
    public long? Next()
    {
        if (!_runs.TryPeek(out _, out var position)) return null;
        while (_runs.TryPeek(out var run, out var next) && next == position)
        {
            if (run.MoveNext(_positions, position, _head)) _runs.DequeueEnqueue(run, run.Next);
            else _runs.Dequeue();
        }

        return position;
    }
}
