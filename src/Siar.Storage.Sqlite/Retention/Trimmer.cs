using Siar.Hub;
using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Writing;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Retention;

/// <summary>
/// Drops what is over the limits, oldest first in each class, some hundreds of events at a time. Each class goes through the log once: what
/// it has passed it need not look at again. Belongs to the writer.
/// </summary>
internal sealed class Trimmer : IDisposable
{
    private readonly RetentionPlan _plan;
    private readonly ClassLimits _limits;
    private readonly TopicTable _topics;
    private readonly EventTable _events;
    private readonly EventIndex _index;
    private readonly KeyedTable _keyed;
    private readonly CompactedKeys _keptKeys;
    private readonly TrimRecord _record;
    private readonly TrimmedTopicTable _trimmed;
    private readonly EventAges _ages;
    private readonly Statement _oldest;
    private readonly List<Row> _rows = [];
    private readonly List<long> _ids = [];
    private readonly HashSet<long> _touched = [];
    private readonly Dictionary<(long Topic, bool IsPrivate), TrimmedTopic> _lost = [];

    public Trimmer(Database database, RetentionPlan plan, ClassLimits limits, TrimmedTables tables, CompactedKeys keptKeys)
    {
        _plan = plan;
        _limits = limits;
        _topics = tables.Topics;
        _events = tables.Events;
        _index = tables.Index;
        _keyed = tables.Keyed;
        _keptKeys = keptKeys;
        _record = tables.Record;
        _trimmed = tables.Trimmed;
        _ages = tables.Ages;
        _oldest = database.Prepare(
            "SELECT position, time, topic, alternates, id, length(data), key IS NOT NULL, flags FROM event WHERE position > ?1 ORDER BY position LIMIT ?2");
    }

    /// <summary>Drops some events of one class, within the caller's transaction.</summary>
    /// <param name="index">The class.</param>
    /// <param name="kept">What is kept of it.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <param name="most">How many events to look at.</param>
    /// <returns>What is kept of it now.</returns>
    public KeptClass Step(int index, KeptClass kept, long now, int most)
    {
        _lost.Clear();
        _touched.Clear();
        ReadRows(kept.Mark, most);
        kept = DropRows(index, kept, now, most);
        while (_keptKeys.Excess(index) is { } excess)
        {
            _keptKeys.Remove(index, excess);
            _touched.UnionWith(_keyed.Forget(excess));
        }

        kept = Remember(index, kept);
        foreach (var topic in _touched)
        {
            if (!_index.HasTopic(topic) && !_keyed.HasTopic(topic)) _topics.Remove(topic);
        }

        _touched.Clear();
        return kept;
    }

    public void Dispose() => _oldest.Dispose();

    private KeptClass DropRows(int index, KeptClass kept, long now, int most)
    {
        foreach (var row in _rows)
        {
            if (_plan.IndexOf(_topics.NameOf(row.Topics[0])) == index)
            {
                var from = _ages.CountsFrom(row.Position, DateTimeOffset.FromUnixTimeMilliseconds(row.Time));
                kept = kept with { OldestTime = from.ToUnixTimeMilliseconds() };
                if (!kept.IsOver(_limits[index], now)) return kept;
                kept = Drop(index, row, kept);
            }
            else
            {
                kept = kept with { Mark = row.Position };
            }
        }

        // At the end of the log nothing is left to drop, whatever was counted.
        return _rows.Count < most ? kept with { Count = 0, Bytes = 0 } : kept;
    }

    private KeptClass Drop(int index, Row row, KeptClass kept)
    {
        var bytes = row.DataBytes + row.Topics.Sum(t => _topics.NameOf(t).Value.Length);
        if (row.HasKey && _keyed.TryKeep(row.Position)) _keptKeys.Add(index, row.Position, bytes);
        _events.Delete(row.Position);
        _index.Remove(new IndexEntry(row.Position, row.Topics, row.Id));
        _touched.UnionWith(row.Topics);
        foreach (var topic in row.Topics)
            _lost[(topic, row.Flags.HasFlag(EventFlags.Private))] = row.Lost(_topics.NameOf(topic));
        return kept.WithPassed(row.Position, bytes).WithDropped(row.Position, row.Topics.Length > 1);
    }

    // In the commit that drops the events. What is told of it to readers is made here too: nothing is left to be done after the commit.
    private KeptClass Remember(int index, KeptClass kept)
    {
        _record.Raise(index, kept.Trimmed, hasAlternates: false);
        _record.Raise(index, kept.TrimmedAlternate, hasAlternates: true);
        foreach (var lost in _lost.Values.OrderBy(l => l.Position))
        {
            _record.Add(index, lost);
            _trimmed.Save(index, lost);
        }

        _lost.Clear();
        while (_record.TryForget(index, out var forgotten)) _trimmed.Delete(index, forgotten);
        return kept with { Floor = _record[index].Floor, AlternateFloor = _record[index].AlternateFloor };
    }

    private void ReadRows(long after, int most)
    {
        _rows.Clear();
        _oldest.Bind(1, after).Bind(2, most);
        while (_oldest.Step())
        {
            _ids.Clear();
            _ids.Add(_oldest.Number(2));
            AlternateIds.Read(_oldest.TextOrNull(3), _ids);
            _rows.Add(new Row(_oldest.Number(0), _oldest.Number(1), [.. _ids], _oldest.TextOrNull(4), _oldest.Number(5), _oldest.Number(6) != 0, (EventFlags)_oldest.Number(7)));
        }
    }

    private sealed record Row(long Position, long Time, long[] Topics, string? Id, long DataBytes, bool HasKey, EventFlags Flags)
    {
        public TrimmedTopic Lost(Topic topic) => new(
            topic, Flags.HasFlag(EventFlags.Private), Position, Id is null || Flags.HasFlag(EventFlags.RepeatsId) ? default : EventId.Parse(Id));
    }
}

/// <summary>The tables that an event is taken out of.</summary>
/// <param name="Topics">The topics.</param>
/// <param name="Events">The events.</param>
/// <param name="Index">How they are found.</param>
/// <param name="Keyed">The newest of each key.</param>
/// <param name="Trimmed">What is remembered of the topics.</param>
/// <param name="Record">The same, in memory.</param>
/// <param name="Ages">From when the ages of events count.</param>
internal sealed record TrimmedTables(TopicTable Topics, EventTable Events, EventIndex Index, KeyedTable Keyed, TrimmedTopicTable Trimmed, TrimRecord Record, EventAges Ages);
