using System.Collections.Immutable;
using Siar.Hub;
using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Retention;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>What the readers of one log share.</summary>
internal sealed record ReaderContext(
    EpochHistory Epochs, RetentionPlan Plan, TailIndex Tail, IndexTrust Index, TopicNames Names, SelectionCache Selections, SqliteLogOptions Options);

/// <summary>Reads the log through a connection of its own. Used by one thread.</summary>
internal sealed class PageReader : IDisposable
{
    private const int MostSnapshots = 100;

    private readonly Database _database;
    private readonly ReaderContext _context;
    private readonly EventRows _rows;
    private readonly TopicFinder _finder;
    private readonly KeyedReader _keyed;
    private readonly LastReader _last;
    private readonly Statement _begin;
    private readonly Statement _trimmed;
    private readonly Statement _scan;
    private readonly Statement _one;
    private readonly EventSequence _sequence;
    private readonly Statement _positions;
    private readonly Statement _id;
    private readonly Statement _idAt;

    // Of the page that is being read.
    private readonly Dictionary<Topic, bool> _wanted = [];
    private readonly List<long> _ids = [];

    // Everything up to the first was read; the second is where reading is, or null while it looks for where to read.
    private long _readThrough;
    private long? _readingAt;
    private long _trimmedThrough;

    public PageReader(Database database, ReaderContext context)
    {
        _database = database;
        _context = context;
        _rows = new EventRows(database, context.Epochs, context.Names);
        _finder = new TopicFinder(database, context.Selections, context.Names, context.Options.MaxTopicsTried);
        _sequence = new EventSequence(database);
        _keyed = new KeyedReader(database, _rows, _sequence, context.Names, context.Options.MaxScanned);
        _last = new LastReader(database, _rows, _sequence);
        _begin = database.Prepare("BEGIN");
        _trimmed = database.Prepare(RetentionTable.TrimmedSql);
        _scan = database.Prepare($"SELECT {EventRows.Columns} FROM event WHERE position > ?1 AND position <= ?2 ORDER BY position");
        _one = database.Prepare($"SELECT {EventRows.Columns} FROM event WHERE position = ?1");
        _positions = database.Prepare(TopicPositions.Sql);
        _id = database.Prepare("SELECT position FROM publisher_id WHERE id = ?1");
        _idAt = database.Prepare("SELECT id FROM event WHERE position = ?1");
    }

    /// <summary>Reads a page.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="head">The log's head before the read began: what was committed since is left for the next page.</param>
    /// <param name="trimmed">What has been trimmed, at any moment that it is asked for.</param>
    public LogPage Read(LogQuery query, long head, Func<TrimState> trimmed)
    {
        // The index in memory is taken first: all that it no longer holds stands in the snapshot.
        var positions = new TopicPositions(_positions, _context.Tail.Chunks, head);

        // One snapshot: what a page lacks since it was trimmed, its own word of what was trimmed tells.
        try
        {
            var state = BeginAt(trimmed);
            _trimmedThrough = state.Highest;
            if (query.Selection is { } cut) head = Math.Min(head, cut.Through);
            var page = new PageBuilder(query, head, state);
            try
            {
                Fill(page, query, head, positions);
            }
            catch (Exception failure) when (IsDamage(failure))
            {
                _context.Index.LookAgain();
                return PassDamage(query, head, page, failure);
            }

            return page.Build();
        }
        finally
        {
            _scan.Reset();
            _one.Reset();
            _database.RollBack();
        }
    }

    private void Fill(PageBuilder page, LogQuery query, long head, TopicPositions positions)
    {
        _readThrough = query.After;
        _readingAt = null;
        if (!query.Matchers.IsAll && query.Selection is null && !_context.Index.IsSound())
        {
            Scan(query, head, (row, topics) => Wants(query.Matchers, topics), page);
            return;
        }

        if (query.Selection is not null && !_context.Index.IsSound()) throw _context.Index.Damage!;
        var topics = query.Matchers.IsAll ? null : _finder.Find(query.Matchers);
        if (query.Selection is { IsOfKeys: true }) _keyed.Read(query, topics, page);
        else if (query.Selection is { } last) ReadLast(query, last, positions, topics, head, page);
        else if (topics is not null) Merge(new TopicMerge(positions, topics, query.After, query.MaxEvents + 1), positions, _ => true, page);
        else Scan(query, head, (row, topics) => Wants(query.Matchers, topics), page);
    }

    // A row that was changed may hold text that no event can have.
    private static bool IsDamage(Exception failure) =>
        failure is SqliteLogException { Failure: SqliteLogFailure.Damaged } || SqliteFailure.IsOfContents(failure);

    /// <summary>
    /// What was read before the damage is a page as any other; the next one begins at the damage, and passes over it to the next place from which
    /// events can be read.
    /// </summary>
    private LogPage PassDamage(LogQuery query, long head, PageBuilder page, Exception failure)
    {
        _scan.Reset();
        _one.Reset();
        if (_readThrough > query.After)
        {
            page.StopAt(_readThrough);
            return page.Build();
        }

        // What is damaged is not the events but the way to them: which topics there are, where a topic's events are, or which are the newest.
        if (_readingAt is null && query.Selection is null) return ScanWithoutIndex(query, head, page, failure);
        page.StopAt(_readingAt is { } at ? FindReadable(at, head) - 1 : head);
        return page.Build() with { Damage = failure.Message };
    }

    private LogPage ScanWithoutIndex(LogQuery query, long head, PageBuilder page, Exception failure)
    {
        try
        {
            Scan(query, head, (row, topics) => Wants(query.Matchers, topics), page);
            return page.Build();
        }
        catch (Exception second) when (IsDamage(second))
        {
            _scan.Reset();
            page.StopAt(_readThrough > query.After ? _readThrough : FindReadable(_readingAt ?? query.After + 1, head) - 1);
            return _readThrough > query.After ? page.Build() : page.Build() with { Damage = failure.Message };
        }
    }

    // The lowest position behind one that cannot be read from which reading goes on; ever larger steps, then halves of the last one.
    private long FindReadable(long damaged, long head)
    {
        var step = 1L;
        while (damaged + step <= head && !IsReadableFrom(damaged + step, head))
        {
            damaged += step;
            step *= 2;
        }

        var readable = Math.Min(damaged + step, head + 1);
        while (readable - damaged > 1)
        {
            var middle = damaged + ((readable - damaged) / 2);
            if (IsReadableFrom(middle, head)) readable = middle;
            else damaged = middle;
        }

        return readable;
    }

    private bool IsReadableFrom(long position, long head)
    {
        try
        {
            if (_scan.Bind(1, position - 1).Bind(2, head).Step())
            {
                _sequence.Check(position - 1, _scan.Number(0));
                _rows.Read(_scan, _rows.Topics(_scan));
                return true;
            }

            _sequence.CheckEnd(position - 1, head);
            return true;
        }
        catch (Exception failure) when (IsDamage(failure))
        {
            return false;
        }
        finally
        {
            _scan.Reset();
        }
    }

    /// <summary>Finds where a publisher's id leads.</summary>
    /// <param name="id">The id.</param>
    /// <param name="head">The log's head: what memory holds behind it is not committed.</param>
    public long? Find(EventId id, long head)
    {
        var tail = _context.Tail.Chunks;
        return FindInTable(id) ?? (TailIndex.Find(tail, id.Value) is { } position && position <= head ? position : null);
    }

    // What a changed entry leads to is another event: the id counts as unknown, which is told.
    private long? FindInTable(EventId id) =>
        _id.Bind(1, id.Value).ReadNumber() is { } position && _idAt.Bind(1, position).Step() && HasId(id) ? position : null;

    private bool HasId(EventId id)
    {
        var found = _idAt.TextOrNull(0) == id.Value;
        _idAt.Reset();
        return found;
    }

    public void Dispose()
    {
        _keyed.Dispose();
        _last.Dispose();
        _begin.Dispose();
        _trimmed.Dispose();
        _scan.Dispose();
        _one.Dispose();
        _sequence.Dispose();
        _positions.Dispose();
        _id.Dispose();
        _idAt.Dispose();
        _finder.Dispose();
        _rows.Dispose();
        _database.Dispose();
    }

    /// <summary>Begins a snapshot, and says what had been trimmed when it was taken.</summary>
    private TrimState BeginAt(Func<TrimState> trimmed)
    {
        for (var i = 0; i < MostSnapshots; i++)
        {
            _begin.Run();
            var positions = RetentionTable.ReadPositions(_trimmed);
            var state = trimmed();
            if (state.Classes.All(c => positions.GetValueOrDefault(c.Prefix) == c.Position)) return state;

            // The writer has committed more than it has said, or said more than the snapshot shows: in a moment it has not.
            _database.RollBack();
            Thread.Yield();
        }

        _begin.Run();
        return RetentionTable.ReadAtMost(_trimmed, _context.Plan);
    }

    private void ReadLast(
        LogQuery query, EventSelection selection, TopicPositions positions, IReadOnlyCollection<long>? topics, long head, PageBuilder page)
    {
        if (topics is not null)
        {
            var starts = topics.Select(t => (t, Math.Max(query.After, _last.FindStart(selection, t, positions) - 1))).ToList();
            Merge(new TopicMerge(positions, starts, query.MaxEvents + 1), positions, selection.Counts, page);
            return;
        }

        // Of each topic that is met it is found out once where its newest begin; that is dear, so fewer events are looked at.
        var found = new Dictionary<long, long>();
        var most = Math.Max(1, _context.Options.MaxScanned / (1 + (selection.LastOfTopic / 8)));
        Scan(query, head, (row, names) => IsAmongLast(row, names, query.Matchers, id => Start(id)), page, selection.Counts, most);

        long Start(long id) => found.TryGetValue(id, out var start) ? start : found[id] = _last.FindStart(selection, id, positions);
    }

    private bool IsAmongLast(Statement row, ImmutableArray<Topic> topics, MatcherSet matchers, Func<long, long> startOf)
    {
        _ids.Clear();
        _ids.Add(row.Number(2));
        AlternateIds.Read(row.TextOrNull(3), _ids);
        for (var i = 0; i < topics.Length; i++)
        {
            if (Wants(matchers, [topics[i]]) && row.Number(0) >= startOf(_ids[i])) return true;
        }

        return false;
    }

    private void Merge(TopicMerge merge, TopicPositions positions, Func<Event, bool> counts, PageBuilder page)
    {
        while (NextOf(merge) is { } position)
        {
            _readingAt = position;
            if (!_one.Bind(1, position).Step())
            {
                // What memory still names may have been trimmed since; nothing else is missing from the table.
                if (position > positions.TableEnd && position <= _trimmedThrough && _sequence.AreAbsent(position, position)) continue;
                throw _sequence.Missing(position);
            }

            var logged = _rows.Read(_one, _rows.Topics(_one));
            _one.Reset();
            if (counts(logged.Content) && !page.Offer(logged)) return;
            _readThrough = position;
        }
    }

    private long? NextOf(TopicMerge merge)
    {
        _readingAt = null;
        return merge.Next();
    }

    private void Scan(
        LogQuery query, long head, Func<Statement, ImmutableArray<Topic>, bool> wants, PageBuilder page, Func<Event, bool>? counts = null, int most = int.MaxValue)
    {
        var scanned = 0;
        most = Math.Min(most, _context.Options.MaxScanned);
        _wanted.Clear();
        _scan.Bind(1, query.After).Bind(2, head);
        while (StepScan(head))
        {
            // Read also where it is not wanted: a topic that was changed may have been.
            var topics = _rows.Topics(_scan);
            var logged = _rows.Read(_scan, topics);
            if (wants(_scan, topics) && counts?.Invoke(logged.Content) != false && !page.Offer(logged)) return;
            _readThrough = _scan.Number(0);
            if (++scanned < most) continue;
            page.StopAt(_scan.Number(0));
            return;
        }
    }

    private bool StepScan(long head)
    {
        _readingAt = _readThrough + 1;
        if (!_scan.Step())
        {
            _sequence.CheckEnd(_readThrough, head);
            return false;
        }

        _sequence.Check(_readThrough, _scan.Number(0));
        _readingAt = _scan.Number(0);
        return true;
    }

    private bool Wants(MatcherSet matchers, ImmutableArray<Topic> topics)
    {
        if (matchers.IsAll) return true;
        foreach (var topic in topics)
        {
            if (!_wanted.TryGetValue(topic, out var isWanted)) _wanted.Add(topic, isWanted = matchers.Matches(topic));
            if (isWanted) return true;
        }

        return false;
    }
}
