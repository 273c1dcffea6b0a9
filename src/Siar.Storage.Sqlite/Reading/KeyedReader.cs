using System.Collections.Immutable;
using Siar.Hub;
using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;
using Siar.Topics;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>Reads the newest event of each key, in the order of positions. Used by one thread, within a snapshot of the file.</summary>
internal sealed class KeyedReader(Database database, EventRows rows, EventSequence sequence, TopicNames names, int maxScanned) : IDisposable
{
    private const string SelectOne = $"SELECT {EventRows.Columns} FROM event WHERE position = ?1 UNION ALL SELECT {EventRows.Columns} FROM survivor WHERE position = ?1";

    private readonly Statement _one = database.Prepare(SelectOne);
    private readonly Statement _all = database.Prepare("SELECT position FROM keyed WHERE position > ?1 AND position <= ?2 ORDER BY position LIMIT ?3");
    private readonly Statement _ofTopic = database.Prepare("SELECT position FROM keyed_topic WHERE topic = ?1 AND position > ?2 AND position <= ?3 ORDER BY position LIMIT ?4");
    private readonly Statement _newer = database.Prepare("SELECT topic, alternates, private FROM keyed WHERE topic = ?1 AND key = ?2 AND position > ?3");
    private readonly Statement _name = database.Prepare("SELECT name FROM topic WHERE id = ?1");

    /// <summary>Fills a page.</summary>
    /// <param name="query">What is wanted.</param>
    /// <param name="topics">The numbers of the topics that the matchers mean; null for all topics, of which each event is looked at.</param>
    /// <param name="page">The page.</param>
    public void Read(LogQuery query, IReadOnlyCollection<long>? topics, PageBuilder page)
    {
        var positions = Positions(query, topics, out var through);
        foreach (var position in positions)
        {
            if (ReadOne(position, query) is { } logged && !page.Offer(logged)) return;
        }

        if (through is { } last) page.StopAt(last);
    }

    public void Dispose()
    {
        _one.Dispose();
        _all.Dispose();
        _ofTopic.Dispose();
        _newer.Dispose();
        _name.Dispose();
    }

    // The next positions, and up to where they are all that there are; null where that is to the cut.
    private SortedSet<long> Positions(LogQuery query, IReadOnlyCollection<long>? topics, out long? through)
    {
        var found = new SortedSet<long>();
        through = null;
        if (topics is null)
        {
            if (Collect(_all.Bind(1, query.After).Bind(2, query.Selection!.Through).Bind(3, maxScanned), found) == maxScanned) through = found.Max;
            return found;
        }

        var each = Math.Max(16, (query.MaxEvents + 1) / Math.Max(1, topics.Count));
        foreach (var topic in topics)
        {
            var ofTopic = new SortedSet<long>();
            var count = Collect(_ofTopic.Bind(1, topic).Bind(2, query.After).Bind(3, query.Selection!.Through).Bind(4, each), ofTopic);
            if (count == each) through = Math.Min(through ?? long.MaxValue, ofTopic.Max);
            found.UnionWith(ofTopic);
        }

        if (through is { } last) found.RemoveWhere(p => p > last);
        return found;
    }

    private static int Collect(Statement rows, SortedSet<long> into)
    {
        var count = 0;
        for (; rows.Step(); count++) into.Add(rows.Number(0));
        return count;
    }

    private LoggedEvent? ReadOne(long position, LogQuery query)
    {
        if (!_one.Bind(1, position).Step()) throw sequence.Missing(position);
        var topics = rows.Topics(_one);
        var canonical = _one.Number(2);
        var logged = query.Matchers.MatchesAny(topics) ? rows.Read(_one, topics) : null;
        _one.Reset();
        return logged is not null && query.Selection!.Counts(logged.Content) && !IsSuperseded(logged, canonical, query) ? logged : null;
    }

    // A newer event of the same key, as far as the reader may have it; where it came after the cut, it comes live.
    private bool IsSuperseded(LoggedEvent logged, long canonical, LogQuery query)
    {
        var isSuperseded = false;
        _newer.Bind(1, canonical).Bind(2, logged.Content.Key).Bind(3, logged.Position);
        while (!isSuperseded && _newer.Step())
        {
            var ids = new List<long> { _newer.Number(0) };
            if (_newer.Text(1) is { Length: > 0 } alternates) AlternateIds.Read(alternates, ids);
            ImmutableArray<Topic> topics = [.. ids.Select(i => names.Get(i, _name))];
            isSuperseded = query.Matchers.MatchesAny(topics) && (_newer.Number(2) == 0 || query.Selection!.Grants.MatchesAny(topics));
        }

        _newer.Reset();
        return isSuperseded;
    }
}
