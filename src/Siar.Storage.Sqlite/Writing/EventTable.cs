using Siar.Hub;
using Siar.Storage.Sqlite.Native;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>Puts events into their table and takes them out. Belongs to the writer.</summary>
internal sealed class EventTable : IDisposable
{
    private readonly Statement _insert;
    private readonly Statement _delete;
    private readonly Statement _id;

    public EventTable(Database database)
    {
        _insert = database.Prepare(
            """
            INSERT INTO event (position, time, topic, alternates, flags, id, type, retry, key, data, checksum)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """);
        _id = database.Prepare("SELECT id FROM event WHERE position = ?1");
        _delete = database.Prepare("DELETE FROM event WHERE position = ?1");
    }

    /// <summary>Puts an event in.</summary>
    /// <param name="logged">The event.</param>
    /// <param name="topics">The numbers of its topics.</param>
    /// <param name="flags">What else there is to say of it.</param>
    public void Insert(LoggedEvent logged, ReadOnlySpan<long> topics, EventFlags flags)
    {
        var content = logged.Content;
        _insert
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

    public void Delete(long position) => _delete.Bind(1, position).Run();

    public void Dispose()
    {
        _insert.Dispose();
        _id.Dispose();
        _delete.Dispose();
    }
}
