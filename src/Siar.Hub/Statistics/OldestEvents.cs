using Siar.Topics;

namespace Siar.Hub;

/// <summary>Knows of some topics when the oldest event was appended that the log still has. One caller at a time.</summary>
internal sealed class OldestEvents(IEventLog log)
{
    private const int MostRemembered = 1_000;

    private readonly Dictionary<Topic, LoggedEvent> _found = [];

    /// <summary>The time of the topic's oldest event, as its canonical or an alternate topic; null where the log has none.</summary>
    public async ValueTask<DateTimeOffset?> FindAsync(Topic topic, CancellationToken cancellationToken)
    {
        var matchers = MatcherSet.OfTopics(topic);

        // What was found stays the oldest until the log has trimmed as far.
        if (_found.TryGetValue(topic, out var known) && log.Trimmed.Floor(matchers, MatcherSet.All) < known.Position) return known.Time;
        if (_found.Count >= MostRemembered) _found.Clear();
        _found.Remove(topic);
        var page = await log.ReadAsync(new LogQuery(0, matchers, 1, 1), cancellationToken);
        if (page.Events.IsEmpty) return null;
        _found.Add(topic, page.Events[0]);
        return page.Events[0].Time;
    }
}
