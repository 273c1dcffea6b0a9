using Siar.Hub;
using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>Puts events into their table and takes them out. Belongs to the writer.</summary>
internal sealed class EventTable : IDisposable
{
    private readonly Statement _insert;
    private readonly Statement _insertSurvivor;
    private readonly Statement _delete;
    private readonly Statement _id;
    private readonly AbsentTable _absent;

    public EventTable(Database database)
    {
        const string Columns =
            """
             (position, time, topic, alternates, flags, id, type, retry, key, data, checksum)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """;
        _insert = database.Prepare("INSERT INTO event" + Columns);
        _insertSurvivor = database.Prepare("INSERT INTO survivor" + Columns);
        _id = database.Prepare("SELECT id FROM event WHERE position = ?1");
        _absent = new AbsentTable(database);
        _delete = database.Prepare("DELETE FROM event WHERE position = ?1");
    }

    /// <summary>Puts an event in.</summary>
    /// <param name="logged">The event.</param>
    /// <param name="topics">The numbers of its topics.</param>
    /// <param name="flags">What else there is to say of it.</param>
    public void Insert(LoggedEvent logged, ReadOnlySpan<long> topics, EventFlags flags) => Insert(_insert, logged, topics, flags);

    /// <summary>Puts an event among those that are kept for their key alone.</summary>
    /// <inheritdoc cref="Insert(LoggedEvent, ReadOnlySpan{long}, EventFlags)" path="/param" />
    public void InsertSurvivor(LoggedEvent logged, ReadOnlySpan<long> topics, EventFlags flags) => Insert(_insertSurvivor, logged, topics, flags);

    /// <summary>An event's id, the publisher's or the hub's; null where there is no event.</summary>
    /// <param name="position">Where it is.</param>
    /// <param name="epoch">The life in which its position was given.</param>
    public EventId? IdOf(long position, Epoch epoch)
    {
        if (!_id.Bind(1, position).Step()) return null;
        var own = _id.TextOrNull(0);
        _id.Reset();
        return own is null ? HubEventId.Create(epoch, position) : EventId.Parse(own);
    }

    /// <summary>Takes an event out, and notes that it is gone.</summary>
    public void Delete(long position)
    {
        _delete.Bind(1, position).Run();
        _absent.Add(position);
    }

    public void Dispose()
    {
        _insert.Dispose();
        _insertSurvivor.Dispose();
        _id.Dispose();
        _absent.Dispose();
        _delete.Dispose();
    }

    private static void Insert(Statement insert, LoggedEvent logged, ReadOnlySpan<long> topics, EventFlags flags)
    {
        var content = logged.Content;
        insert
            .Bind(1, logged.Position)
            .Bind(2, logged.Time.ToUnixTimeMilliseconds())
            .Bind(3, topics[0])
            .Bind(4, AlternateIds.Write(topics[1..]))
            .Bind(5, (long)flags)
            .Bind(6, content.Id.IsNone ? null : content.Id.Value)
            .Bind(7, content.Type.IsNone ? null : content.Type.Value)
            .Bind(8, content.RetryMilliseconds)
            .Bind(9, content.Key)
            .BindBlob(10, content.Data.Span)
            .Bind(11, EventChecksum.Of(logged))
            .Run();
    }
}
