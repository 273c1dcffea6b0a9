using Siar.Topics;

namespace Siar.Hub;

/// <summary>The newest event of each key, by variant (<see cref="EventSelection.IsSameVariant"/>). Guarded by the log's lock.</summary>
internal sealed class KeyedEvents
{
    private readonly Dictionary<(Topic Topic, string Key), List<LoggedEvent>> _byKey = [];
    private readonly Dictionary<long, LoggedEvent> _byPosition = [];
    private readonly SortedSet<long> _positions = [];

    /// <summary>Adds an event that has a key.</summary>
    /// <returns>The event whose place it takes; null where it is the first.</returns>
    public LoggedEvent? Add(LoggedEvent logged)
    {
        var name = NameOf(logged);
        if (!_byKey.TryGetValue(name, out var variants)) _byKey.Add(name, variants = new List<LoggedEvent>(1));
        var index = variants.FindIndex(v => EventSelection.IsSameVariant(v.Content, logged.Content));
        var replaced = index < 0 ? null : variants[index];
        if (index < 0) variants.Add(logged);
        else variants[index] = logged;
        if (replaced is not null) RemovePosition(replaced.Position);
        _byPosition.Add(logged.Position, logged);
        _positions.Add(logged.Position);
        return replaced;
    }

    /// <summary>Whether an event is the newest of its key.</summary>
    public bool Contains(LoggedEvent logged) => _byPosition.ContainsKey(logged.Position);

    public void Remove(LoggedEvent logged)
    {
        RemovePosition(logged.Position);
        var variants = _byKey[NameOf(logged)];
        variants.Remove(logged);
        if (variants.Count == 0) _byKey.Remove(NameOf(logged));
    }

    /// <summary>Fills a page with what a reader may have of them.</summary>
    public void Read(PageBuilder page, LogQuery query, int maxScanned)
    {
        var scanned = 0;
        if (query.After >= query.Selection!.Through) return;
        foreach (var position in _positions.GetViewBetween(query.After + 1, query.Selection.Through))
        {
            var logged = _byPosition[position];
            if (IsWanted(logged, query) && !page.Offer(logged)) return;
            if (++scanned == maxScanned)
            {
                page.StopAt(logged.Position);
                return;
            }
        }
    }

    private bool IsWanted(LoggedEvent logged, LogQuery query) =>
        IsReadable(logged, query) && !_byKey[NameOf(logged)].Exists(v => v.Position > logged.Position && IsReadable(v, query));

    private static bool IsReadable(LoggedEvent logged, LogQuery query) =>
        query.Matchers.MatchesAny(logged.Content.Topics) && query.Selection!.Counts(logged.Content);

    private void RemovePosition(long position)
    {
        _byPosition.Remove(position);
        _positions.Remove(position);
    }

    private static (Topic Topic, string Key) NameOf(LoggedEvent logged) => (logged.Content.Topics[0], logged.Content.Key!);
}
