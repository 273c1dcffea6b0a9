using System.Collections.Immutable;
using Siar.Hub;
using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Retention;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>What the readers of one log share.</summary>
internal sealed record ReaderContext(
    EpochHistory Epochs, RetentionPlan Plan, TailIndex Tail, TopicNames Names, SelectionCache Selections, SqliteLogOptions Options);

/// <summary>Reads the log through a connection of its own. Used by one thread.</summary>
internal sealed class LogReader : IDisposable
{
    private readonly Database _database;
    private readonly ReaderContext _context;
    private readonly EventRows _rows;
    private readonly TopicFinder _finder;
    private readonly Statement _begin;
    private readonly Statement _trimmed;
    private readonly Statement _scan;
    private readonly Statement _one;
    private readonly Statement _positions;
    private readonly Statement _id;

    public LogReader(Database database, ReaderContext context)
    {
        _database = database;
        _context = context;
        _rows = new EventRows(database, context.Epochs, context.Names);
        _finder = new TopicFinder(database, context.Selections, context.Names, context.Options.MaxTopicsTried);
        _begin = database.Prepare("BEGIN");
        _trimmed = database.Prepare(RetentionTable.TrimmedSql);
        _scan = database.Prepare($"SELECT {EventRows.Columns} FROM event WHERE position > ?1 AND position <= ?2 ORDER BY position");
        _one = database.Prepare($"SELECT {EventRows.Columns} FROM event WHERE position = ?1");
        _positions = database.Prepare(TopicPositions.Sql);
        _id = database.Prepare("SELECT position FROM publisher_id WHERE id = ?1");
    }

    /// <summary>Reads a page.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="head">The log's head before the read began: what was committed since is left for the next page.</param>
    /// <param name="trimmed">What had been trimmed by then.</param>
    public LogPage Read(LogQuery query, long head, TrimState trimmed)
    {
        // The index in memory is taken first: all that it no longer holds stands in the snapshot.
        var positions = new TopicPositions(_positions, _context.Tail.Chunks, head);

        // One snapshot: what a page lacks since it was trimmed, its own word of what was trimmed tells.
        _begin.Run();
        try
        {
            var page = new PageBuilder(query, head, RetentionTable.ReadTrimmed(_trimmed, _context.Plan, trimmed));
            if (!query.Matchers.IsAll && _finder.Find(query.Matchers) is { } topics) Merge(query, positions, topics, page);
            else Scan(query, head, page);
            return page.Build();
        }
        finally
        {
            _scan.Reset();
            _one.Reset();
            _database.RollBack();
        }
    }

    /// <summary>Finds where a publisher's id leads.</summary>
    public long? Find(EventId id)
    {
        var tail = _context.Tail.Chunks;
        return _id.Bind(1, id.Value).ReadNumber() ?? TailIndex.Find(tail, id.Value);
    }

    public void Dispose()
    {
        _begin.Dispose();
        _trimmed.Dispose();
        _scan.Dispose();
        _one.Dispose();
        _positions.Dispose();
        _id.Dispose();
        _finder.Dispose();
        _rows.Dispose();
        _database.Dispose();
    }

    private void Merge(LogQuery query, TopicPositions positions, IReadOnlyCollection<long> topics, PageBuilder page)
    {
        var merge = new TopicMerge(positions, topics, query.After, query.MaxEvents + 1);
        while (merge.Next() is { } position)
        {
            if (!_one.Bind(1, position).Step())
            {
                if (position > positions.TableEnd) continue;
                throw Missing(position);
            }

            var room = page.Offer(_rows.Read(_one, _rows.Topics(_one)));
            _one.Reset();
            if (!room) return;
        }
    }

    private void Scan(LogQuery query, long head, PageBuilder page)
    {
        var scanned = 0;
        var wanted = new Dictionary<Topic, bool>();
        _scan.Bind(1, query.After).Bind(2, head);
        while (_scan.Step())
        {
            var topics = _rows.Topics(_scan);
            if ((query.Matchers.IsAll || IsWanted(query.Matchers, topics, wanted)) && !page.Offer(_rows.Read(_scan, topics))) return;
            if (++scanned < _context.Options.MaxScanned) continue;
            page.StopAt(_scan.Number(0));
            return;
        }
    }

    private static bool IsWanted(MatcherSet matchers, ImmutableArray<Topic> topics, Dictionary<Topic, bool> wanted)
    {
        foreach (var topic in topics)
        {
            if (!wanted.TryGetValue(topic, out var isWanted)) wanted.Add(topic, isWanted = matchers.Matches(topic));
            if (isWanted) return true;
        }

        return false;
    }

    private SqliteLogException Missing(long position) => new(
        SqliteLogFailure.Damaged,
        $"The log '{_database.Path}' is damaged: the event at position {position} is missing. Go on without it, or with a backup, by 'siar log restore'.");
}
