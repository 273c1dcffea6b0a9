using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// Counts events by topic, read off the window of frames once a second so that publishing costs nothing more. Of very many events in a
/// second a random part is looked at and weighed. One thread uses it.
/// </summary>
/// <param name="window">The newest frames.</param>
/// <param name="random">Chooses among very many.</param>
/// <param name="maxTopics">How many topics are remembered: beyond that, those that were silent the longest are forgotten.</param>
internal sealed class TopicActivity(FrameWindow window, Random random, int maxTopics = 2_000)
{
    private const int MostExamined = 20_000;
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Topic, Activity> _topics = [];
    private long _position = window.Start;

    /// <summary>How many topics are remembered.</summary>
    public int Known => _topics.Count;

    /// <summary>Counts an event that was published before.</summary>
    public void Remember(LoggedEvent logged) => Note(logged, 1);

    /// <summary>Counts what has come since the last call.</summary>
    /// <param name="elapsed">The time since then.</param>
    public void CatchUp(TimeSpan elapsed)
    {
        var head = window.Head;
        var stride = Math.Max(1, (head - _position) / MostExamined);
        long skip = 0;
        foreach (var block in window.Blocks)
        {
            var count = block.Count;
            for (var i = block.FirstAfter(_position); i < count && block.Entry(i).Event.Position <= head; i++)
            {
                if (skip-- > 0) continue;
                Note(block.Entry(i).Event, stride);
                skip = random.NextInt64((2 * stride) - 1);
            }
        }

        _position = head;
        Average(elapsed);
        if (_topics.Count > maxTopics) ForgetSilent();
    }

    /// <summary>The topics with the highest rates; of equal ones, those with the newest events.</summary>
    public IReadOnlyList<(Topic Topic, double Rate, long Events, DateTimeOffset Newest)> MostActive(int most) =>
    [
        .. _topics.OrderByDescending(t => Math.Round(t.Value.Rate, 1)).ThenByDescending(t => t.Value.Newest).Take(most)
            .Select(t => (t.Key, t.Value.Rate, t.Value.Events, t.Value.Newest)),
    ];

    private void Note(LoggedEvent logged, long weight)
    {
        var topic = logged.Content.Topics[0];
        if (!_topics.TryGetValue(topic, out var activity)) _topics.Add(topic, activity = new Activity());
        activity.Events += weight;
        activity.Fresh += weight;
        activity.Newest = logged.Time;
    }

    // An average that forgets: what came seconds ago counts for less.
    private void Average(TimeSpan elapsed)
    {
        if (elapsed <= TimeSpan.Zero) return;
        var share = 1 - Math.Exp(-elapsed / Memory);
        foreach (var activity in _topics.Values)
        {
            activity.Rate += ((activity.Fresh / elapsed.TotalSeconds) - activity.Rate) * share;
            activity.Fresh = 0;
        }
    }

    private void ForgetSilent()
    {
        var silent = _topics.OrderBy(t => t.Value.Newest).Take(_topics.Count - (maxTopics * 3 / 4)).Select(t => t.Key).ToList();
        foreach (var topic in silent) _topics.Remove(topic);
    }

    private sealed class Activity
    {
        public long Events { get; set; }

        public long Fresh { get; set; }

        public double Rate { get; set; }

        public DateTimeOffset Newest { get; set; }
    }
}
