using System.Buffers.Binary;
using Siar.Hub;
using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Schema;
using Siar.Storage.Sqlite.Writing;

namespace Siar.Storage.Sqlite;

/// <summary>Writes an image into a file that is not there yet, in one transaction, in the order: events, what was kept for its key, what was lost, promises.</summary>
internal sealed class ImageFile : IDisposable
{
    private readonly ILogImage _image;
    private readonly Database _to;
    private readonly TopicTable _topics;
    private readonly EventTable _events;
    private readonly IndexTables _index;

    private ImageFile(ILogImage image, Database to)
    {
        _image = image;
        _to = to;
        _topics = new TopicTable(to);
        _events = new EventTable(to);
        _index = new IndexTables(to);
    }

    /// <summary>Writes the file. Where that fails, none is left.</summary>
    /// <param name="image">The image.</param>
    /// <param name="path">The file, which must not be there.</param>
    /// <param name="finish">What else is written with it; null for nothing.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static async Task WriteAsync(ILogImage image, string path, Action<Database>? finish, CancellationToken cancellationToken)
    {
        if (File.Exists(path)) throw new SqliteLogException(SqliteLogFailure.InputOutput, $"'{path}' is there already: name a file that is not.");
        var unfinished = path + ".copy";
        Delete(unfinished);
        try
        {
            using (var to = Database.Open(unfinished, DatabaseAccess.Create))
            {
                LogSchema.Found(to);
                LogSchema.Migrate(to);
                to.Execute("BEGIN IMMEDIATE");
                using (var file = new ImageFile(image, to)) await file.WriteAsync(cancellationToken);
                finish?.Invoke(to);
                to.Execute("COMMIT");
                to.Checkpoint(CheckpointKind.Empty);
            }

            File.Move(unfinished, path);
        }
        catch
        {
            Delete(unfinished);
            throw;
        }
    }

    public void Dispose()
    {
        _index.Dispose();
        _events.Dispose();
        _topics.Dispose();
    }

    private static void Delete(string path)
    {
        foreach (var file in new[] { path, path + "-wal", path + "-shm" }) File.Delete(file);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await foreach (var (logged, isFoundById) in _image.ReadEventsAsync(cancellationToken)) Add(logged, isFoundById);
        _index.SaveIndexed(_image.Summary.Head);
        await foreach (var (logged, isFoundById) in _image.ReadCompactedEventsAsync(cancellationToken))
            _events.InsertSurvivor(InMilliseconds(logged), TopicsOf(logged), FlagsOf(logged, isFoundById));
        _to.Execute(Version4.FillSql);
        using (var absent = new AbsentTable(_to)) new PositionHoles(_to).NoteIn(absent, _image.Summary.Head);
        WriteLosses();
        WriteEpochs();
        WriteClosings();
        await WriteKeysAsync(cancellationToken);
    }

    private void Add(LoggedEvent logged, bool isFoundById)
    {
        var topics = TopicsOf(logged);
        _events.Insert(InMilliseconds(logged), topics, FlagsOf(logged, isFoundById));
        foreach (var topic in topics) _index.Insert(topic, logged.Position);
        if (!logged.Content.Id.IsNone && isFoundById) _index.Insert(logged.Content.Id.Value, logged.Position);
    }

    private long[] TopicsOf(LoggedEvent logged) => [.. logged.Content.Topics.Select(_topics.IdOf)];

    // The row has no more, and its checksum is made of what the row has.
    private static LoggedEvent InMilliseconds(LoggedEvent logged) =>
        new(logged.Position, logged.Epoch, DateTimeOffset.FromUnixTimeMilliseconds(logged.Time.ToUnixTimeMilliseconds()), logged.Content);

    private static EventFlags FlagsOf(LoggedEvent logged, bool isFoundById) =>
        (logged.Content.IsPrivate ? EventFlags.Private : EventFlags.None) | (isFoundById ? EventFlags.None : EventFlags.RepeatsId);

    // All that is kept is counted when the log is opened: nothing of it has been looked at.
    private void WriteLosses()
    {
        using var insert = _to.Prepare("INSERT INTO retention (prefix, trimmed, trimmed_alternate, mark, count, bytes, counted, floor, alternate_floor) VALUES (?1, ?2, ?3, 0, 0, 0, 0, ?4, ?5)");
        foreach (var lost in _image.Summary.Classes)
            insert.Bind(1, lost.Prefix).Bind(2, lost.Trimmed).Bind(3, lost.TrimmedAlternate).Bind(4, lost.Floor).Bind(5, lost.AlternateFloor).Run();
        using var topic = _to.Prepare("INSERT INTO trimmed_topic (topic, private, prefix, position, id) VALUES (?1, ?2, ?3, ?4, ?5)");
        foreach (var (prefix, lost) in _image.Summary.TrimmedTopics)
            topic.Bind(1, lost.Topic.Value).Bind(2, lost.IsPrivate ? 1 : 0).Bind(3, prefix).Bind(4, lost.Position).Bind(5, lost.Id.IsNone ? null : lost.Id.Value).Run();
        using var step = _to.Prepare("INSERT INTO clock_step (position, time) VALUES (?1, ?2)");
        foreach (var (through, time) in _image.Summary.ClockSteps) step.Bind(1, through).Bind(2, time.ToUnixTimeMilliseconds()).Run();
    }

    private void WriteEpochs()
    {
        using var insert = _to.Prepare("INSERT INTO epoch (name, after, through) VALUES (?1, ?2, ?3)");
        foreach (var epoch in _image.Summary.WithNewEpoch()) insert.Bind(1, epoch.Name.Value).Bind(2, epoch.After).Bind(3, epoch.Through).Run();
    }

    private void WriteClosings()
    {
        using var insert = _to.Prepare("INSERT INTO closing (position, topic, time, private) VALUES (?1, ?2, ?3, ?4)");
        foreach (var (topic, closing) in _image.Summary.Closings)
            insert.Bind(1, closing.Position).Bind(2, topic.Value).Bind(3, closing.Time.ToUnixTimeMilliseconds()).Bind(4, closing.IsPrivate ? 1 : 0).Run();
    }

    // One that is known by its hash alone cannot be looked for here.
    private async Task WriteKeysAsync(CancellationToken cancellationToken)
    {
        using var insert = _to.Prepare("INSERT INTO idempotency (scope, key, fingerprint, position, time, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        var fingerprint = new byte[16];
        await foreach (var key in _image.ReadKeysAsync(cancellationToken))
        {
            if (key.Scope is null) continue;
            BinaryPrimitives.WriteUInt128BigEndian(fingerprint, key.Fingerprint);
            insert.Bind(1, key.Scope).Bind(2, key.Key).BindBlob(3, fingerprint).Bind(4, key.Position)
                .Bind(5, key.Time.ToUnixTimeMilliseconds()).Bind(6, key.Expires.ToUnixTimeMilliseconds()).Run();
        }
    }
}
