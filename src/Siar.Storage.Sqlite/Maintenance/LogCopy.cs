using Siar.Hub;
using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Schema;
using Siar.Storage.Sqlite.Writing;

namespace Siar.Storage.Sqlite;

/// <summary>Copies what can be read of a log into an empty one.</summary>
internal sealed class LogCopy : IDisposable
{
    private readonly LogFileReader _from;
    private readonly Database _to;
    private readonly TopicTable _topics;
    private readonly EventTable _events;
    private readonly IndexTables _index;

    public LogCopy(LogFileReader from, Database to)
    {
        _from = from;
        _to = to;
        _topics = new TopicTable(to);
        _events = new EventTable(to);
        _index = new IndexTables(to);
    }

    /// <summary>How many events were copied.</summary>
    public long Events { get; private set; }

    /// <summary>The last position that the copy gives account of.</summary>
    public long Head { get; private set; }

    /// <summary>Whether what came after <see cref="Head"/> could not be read.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>What could not be read.</summary>
    public List<LostRange> Lost { get; } = [];

    public void CopyEvents()
    {
        Events = new SalvageReader(_from, _from.ReadRows).ReadAll(Take, Lost.Add, _ => IsCutOff = true);
        Head = Math.Max(Head, Lost.Count > 0 ? Lost[^1].Through : 0);
        _index.SaveIndexed(Head);
    }

    /// <summary>Writes down which positions have no event, now that the head is known.</summary>
    public void NoteAbsent()
    {
        using var absent = new AbsentTable(_to);
        new PositionHoles(_to).NoteIn(absent, Head);
    }

    /// <summary>Copies what was trimmed; what is lost counts as trimmed of every class and topic, since nobody knows whose it was.</summary>
    public void CopyRetention()
    {
        var lost = Lost.Count > 0 ? Lost[^1].Through : 0;
        using var insert = _to.Prepare("INSERT INTO retention (prefix, trimmed, trimmed_alternate, mark, count, bytes, counted, floor, alternate_floor) VALUES (?1, ?2, ?3, 0, 0, 0, 0, ?4, ?5)");
        foreach (var kept in ReadRetention())
        {
            Head = Math.Max(Head, kept.Trimmed);
            insert.Bind(1, kept.Prefix).Bind(2, Math.Max(kept.Trimmed, lost)).Bind(3, Math.Max(kept.Alternate, lost))
                .Bind(4, Math.Max(kept.Floor, lost)).Bind(5, Math.Max(kept.AlternateFloor, lost)).Run();
        }

        CopyTopics();
    }

    /// <summary>Copies what else is known of the events that are there: keys under which they were published, topics that they closed.</summary>
    public void CopyPromises()
    {
        using var insert = _to.Prepare("INSERT INTO idempotency (scope, key, fingerprint, position, time, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        Read("SELECT scope, key, fingerprint, position, time, expires FROM idempotency ORDER BY ordinal", row =>
        {
            if (row.Number(3) > Head) return;
            insert.Bind(1, row.Text(0)).Bind(2, row.Text(1)).BindBlob(3, row.Blob(2)).Bind(4, row.Number(3)).Bind(5, row.Number(4)).Bind(6, row.Number(5)).Run();
        });
        CopyKeys();
        using var step = _to.Prepare("INSERT INTO clock_step (position, time) VALUES (?1, ?2)");
        Read("SELECT position, time FROM clock_step ORDER BY position", row => step.Bind(1, row.Number(0)).Bind(2, row.Number(1)).Run());
        using var close = _to.Prepare("INSERT INTO closing (position, topic, time, private) VALUES (?1, ?2, ?3, ?4)");
        Read("SELECT position, topic, time, private FROM closing ORDER BY position", row =>
        {
            if (row.Number(0) <= Head) close.Bind(1, row.Number(0)).Bind(2, row.Text(1)).Bind(3, row.Number(2)).Bind(4, row.Number(3)).Run();
        });
    }

    public void Dispose()
    {
        _index.Dispose();
        _events.Dispose();
        _topics.Dispose();
    }

    private void Take(LoggedEvent logged, EventFlags flags)
    {
        // A page that stands in two places is met twice.
        if (logged.Position <= Head && _events.IdOf(logged.Position, logged.Epoch) is not null) return;
        Events++;
        var topics = logged.Content.Topics.Select(_topics.IdOf).ToArray();
        _events.Insert(logged, topics, flags);
        foreach (var topic in topics) _index.Insert(topic, logged.Position);
        if (!logged.Content.Id.IsNone && !flags.HasFlag(EventFlags.RepeatsId)) _index.Insert(logged.Content.Id.Value, logged.Position);
        Head = Math.Max(Head, logged.Position);
    }

    // What is neither here nor was dropped is lost, also where no reading failed: in the place of some events there were others.
    private void FindLost()
    {
        using var sequence = new EventSequence(_from.Database);
        Lost.Clear();
        foreach (var (from, through) in new PositionHoles(_to).Find(Head))
        {
            if (!sequence.AreAbsent(from, through)) Lost.Add(new LostRange(from, through));
        }
    }

    private void CopyKeys()
    {
        try
        {
            foreach (var (logged, flags) in _from.ReadSurvivors())
            {
                if (logged.Position <= Head) _events.InsertSurvivor(logged, logged.Content.Topics.Select(_topics.IdOf).ToArray(), flags);
            }
        }
        catch (SqliteLogException)
        {
            // The state of some keys is lost: the next event of each brings it back.
        }

        _to.Execute(Version4.FillSql);
    }

    // As far as it can be read; an older file has no such table.
    private void Read(string sql, Action<Statement> take)
    {
        try
        {
            using var rows = _from.Database.Prepare(sql);
            while (rows.Step()) take(rows);
        }
        catch (SqliteLogException)
        {
            // A promise that is lost with its page is a publish that may be done twice, not an event that is lost.
        }
    }

    // Where it cannot be read, all before the first event may have been trimmed.
    private List<LostOfClass> ReadRetention()
    {
        // An older file says it of classes only.
        var floors = HasTopics ? "floor, alternate_floor" : "trimmed, trimmed_alternate";
        var found = new List<LostOfClass>();
        try
        {
            using var rows = _from.Database.Prepare($"SELECT prefix, trimmed, trimmed_alternate, {floors} FROM retention");
            while (rows.Step()) found.Add(new LostOfClass(rows.Text(0), rows.Number(1), rows.Number(2), rows.Number(3), rows.Number(4)));
        }
        catch (SqliteLogException)
        {
            var first = (_to.ReadNumber("SELECT min(position) FROM event") ?? (Head + 1)) - 1;
            found = [new LostOfClass("", first, first, first, first)];
        }

        return found;
    }

    private bool HasTopics => _from.Database.ReadNumber("PRAGMA user_version") >= 5;

    // Where they cannot all be read, those that are missing count as trimmed as far as their class.
    private void CopyTopics()
    {
        using var insert = _to.Prepare("INSERT INTO trimmed_topic (topic, private, prefix, position, id) VALUES (?1, ?2, ?3, ?4, ?5)");
        try
        {
            if (!HasTopics) return;
            using var rows = _from.Database.Prepare("SELECT topic, private, prefix, position, id FROM trimmed_topic");
            while (rows.Step()) insert.Bind(1, rows.Text(0)).Bind(2, rows.Number(1)).Bind(3, rows.Text(2)).Bind(4, rows.Number(3)).Bind(5, rows.TextOrNull(4)).Run();
        }
        catch (SqliteLogException)
        {
            _to.Execute("UPDATE retention SET floor = trimmed, alternate_floor = trimmed_alternate");
        }
    }

    private readonly record struct LostOfClass(string Prefix, long Trimmed, long Alternate, long Floor, long AlternateFloor);
}
