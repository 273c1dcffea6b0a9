using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Indexing;

/// <summary>The tables that find events by topic and by id. Belongs to the writer.</summary>
internal sealed class IndexTables : IDisposable
{
    private readonly Statement _insertTopic;
    private readonly Statement _insertId;
    private readonly Statement _deleteTopic;
    private readonly Statement _deleteId;
    private readonly Statement _findId;
    private readonly Statement _findTopic;
    private readonly Statement _newest;
    private readonly Statement _indexed;
    private readonly Statement _saveIndexed;
    private readonly Statement _saveDigest;

    // Of what was inserted since it was written down.
    private long _digest;

    public IndexTables(Database database)
    {
        _insertTopic = database.Prepare("INSERT INTO event_topic (topic, position) VALUES (?1, ?2)");
        _insertId = database.Prepare("INSERT INTO publisher_id (id, position) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        _deleteTopic = database.Prepare("DELETE FROM event_topic WHERE topic = ?1 AND position = ?2");
        _deleteId = database.Prepare("DELETE FROM publisher_id WHERE id = ?1 AND position = ?2");
        _findId = database.Prepare("SELECT position FROM publisher_id WHERE id = ?1");
        _findTopic = database.Prepare("SELECT position FROM event_topic WHERE topic = ?1 LIMIT 1");
        _newest = database.Prepare("SELECT max(position) FROM event_topic WHERE topic = ?1");
        _saveDigest = database.Prepare("UPDATE integrity SET entries = (entries | ?1) - (entries & ?1)");
        _indexed = database.Prepare("SELECT through FROM indexed");
        _saveIndexed = database.Prepare("UPDATE indexed SET through = ?1");
    }

    /// <summary>Writes that a topic has an event; <see cref="SaveIndexed"/> must follow in the same transaction.</summary>
    public void Insert(long topic, long position)
    {
        _insertTopic.Bind(1, topic).Bind(2, position).Run();
        _digest ^= IndexDigest.Entry(topic, position);
    }

    public void Insert(string id, long position) => _insertId.Bind(1, id).Bind(2, position).Run();

    public void Delete(IndexEntry entry)
    {
        var digest = 0L;
        foreach (var topic in entry.Topics)
        {
            _deleteTopic.Bind(1, topic).Bind(2, entry.Position).Run();
            digest ^= IndexDigest.Entry(topic, entry.Position);
        }

        _saveDigest.Bind(1, digest).Run();
        if (entry.Id is not null) _deleteId.Bind(1, entry.Id).Bind(2, entry.Position).Run();
    }

    public bool HasId(string id) => _findId.Bind(1, id).ReadNumber() is not null;

    public bool HasTopic(long topic) => _findTopic.Bind(1, topic).ReadNumber() is not null;

    public long? Newest(long topic) => _newest.Bind(1, topic).ReadNumber();

    /// <summary>Writes down up to which position events are in the tables.</summary>
    public void SaveIndexed(long through)
    {
        _saveDigest.Bind(1, _digest ^ IndexDigest.Indexed(_indexed.ReadNumber() ?? -1) ^ IndexDigest.Indexed(through)).Run();
        _saveIndexed.Bind(1, through).Run();
        _digest = 0;
    }

    /// <summary>Forgets what was inserted in a transaction that was rolled back.</summary>
    public void Forget() => _digest = 0;

    public void Dispose()
    {
        _insertTopic.Dispose();
        _insertId.Dispose();
        _deleteTopic.Dispose();
        _deleteId.Dispose();
        _findId.Dispose();
        _findTopic.Dispose();
        _newest.Dispose();
        _indexed.Dispose();
        _saveIndexed.Dispose();
        _saveDigest.Dispose();
    }
}
