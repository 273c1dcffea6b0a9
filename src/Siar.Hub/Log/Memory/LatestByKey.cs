using Siar.Topics;

namespace Siar.Hub;

/// <summary>The newest event of each key, by variant (<see cref="EventSelection.IsSameVariant"/>). Guarded by the log's lock.</summary>
internal sealed class LatestByKey
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

    /// <summary>Copies what is the newest of its key after a position, up to another, with the newer ones of the key that some readers may not have.</summary>
    /// <returns>Up to where that is all.</returns>
    public long Copy(long after, long through, int most, List<Variants> copied)
    {
        if (after >= through) return through;
        foreach (var position in _positions.GetViewBetween(after + 1, through))
        {
            if (copied.Count == most) return position - 1;
            var logged = _byPosition[position];
            var variants = _byKey[NameOf(logged)];
            copied.Add(new Variants(logged, variants.Count == 1 ? [] : [.. variants.Where(v => v.Position > position)]));
        }

        return through;
    }

    private void RemovePosition(long position)
    {
        _byPosition.Remove(position);
        _positions.Remove(position);
    }

    private static (Topic Topic, string Key) NameOf(LoggedEvent logged) => (logged.Content.Topics[0], logged.Content.Key!);

    /// <summary>An event that is the newest of its key for who may not have the newer ones.</summary>
    /// <param name="Newest">The event.</param>
    /// <param name="Newer">The newer ones.</param>
    internal readonly record struct Variants(LoggedEvent Newest, LoggedEvent[] Newer);
}
