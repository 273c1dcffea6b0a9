using System.Runtime.InteropServices;
using Siar.Hub;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>Puts events into the tables and takes them out. Belongs to the writer.</summary>
internal sealed class EventTable : IDisposable
{
    private readonly TopicTable _topics;
    private readonly List<long> _ids = [];
    private readonly Statement _insert;
    private readonly Statement _insertTopic;
    private readonly Statement _insertId;
    private readonly Statement _delete;
    private readonly Statement _deleteTopic;
    private readonly Statement _deleteId;

    public EventTable(Database database, TopicTable topics)
    {
        _topics = topics;
        _insert = database.Prepare(
            """
            INSERT INTO event (position, time, topic, alternates, private, id, type, retry, key, data, checksum)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """);
        _insertTopic = database.Prepare("INSERT INTO event_topic (topic, position) VALUES (?1, ?2)");

        // Spec (Mercure): of several events with one id a cursor means the earliest.
        _insertId = database.Prepare("INSERT INTO publisher_id (id, position) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        _delete = database.Prepare("DELETE FROM event WHERE position = ?1");
        _deleteTopic = database.Prepare("DELETE FROM event_topic WHERE topic = ?1 AND position = ?2");
        _deleteId = database.Prepare("DELETE FROM publisher_id WHERE id = ?1 AND position = ?2");
    }

    public void Insert(LoggedEvent logged)
    {
        var content = logged.Content;
        _ids.Clear();
        foreach (var topic in content.Topics)
        {
            var id = _topics.IdOf(topic);
            _ids.Add(id);
            _insertTopic.Bind(1, id).Bind(2, logged.Position).Run();
        }

        if (!content.Id.IsNone) _insertId.Bind(1, content.Id.Value).Bind(2, logged.Position).Run();
        _insert
            .Bind(1, logged.Position)
            .Bind(2, logged.Time.ToUnixTimeMilliseconds())
            .Bind(3, _ids[0])
            .Bind(4, AlternateIds.Write(CollectionsMarshal.AsSpan(_ids)[1..]))
            .Bind(5, content.IsPrivate ? 1 : 0)
            .Bind(6, content.Id.IsNone ? null : content.Id.Value)
            .Bind(7, content.Type.IsNone ? null : content.Type.Value)
            .Bind(8, content.RetryMilliseconds)
            .Bind(9, content.Key)
            .BindBlob(10, content.Data.Span)
            .Bind(11, EventChecksum.Of(logged))
            .Run();
    }

    /// <summary>Takes an event out of every table but that of topics.</summary>
    /// <param name="position">Which.</param>
    /// <param name="topics">The numbers of its topics.</param>
    /// <param name="id">The publisher's id, if it has one.</param>
    public void Delete(long position, IReadOnlyList<long> topics, string? id)
    {
        foreach (var topic in topics) _deleteTopic.Bind(1, topic).Bind(2, position).Run();
        if (id is not null) _deleteId.Bind(1, id).Bind(2, position).Run();
        _delete.Bind(1, position).Run();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _insertTopic.Dispose();
        _insertId.Dispose();
        _delete.Dispose();
        _deleteTopic.Dispose();
        _deleteId.Dispose();
    }
}
