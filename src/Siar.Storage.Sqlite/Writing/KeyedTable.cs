using Siar.Hub;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>
/// The newest event of each key, by variant: those that retention keeps, and those that it has dropped and that are kept for their key. Belongs
/// to the writer.
/// </summary>
internal sealed class KeyedTable : IDisposable
{
    private readonly Statement _ofKey;
    private readonly Statement _insert;
    private readonly Statement _delete;
    private readonly Statement _insertTopic;
    private readonly Statement _deleteTopic;
    private readonly Statement _hasTopic;
    private readonly Statement _has;
    private readonly Statement _keep;
    private readonly Statement _topics;
    private readonly Statement _drop;
    private readonly List<long> _ids = [];

    public KeyedTable(Database database)
    {
        _ofKey = database.Prepare("SELECT position FROM keyed WHERE topic = ?1 AND key = ?2 AND alternates = ?3 AND private = ?4");
        _insert = database.Prepare("INSERT INTO keyed (position, topic, key, alternates, private) VALUES (?1, ?2, ?3, ?4, ?5)");
        _delete = database.Prepare("DELETE FROM keyed WHERE position = ?1");
        _insertTopic = database.Prepare("INSERT INTO keyed_topic (topic, position) VALUES (?1, ?2)");
        _deleteTopic = database.Prepare("DELETE FROM keyed_topic WHERE topic = ?1 AND position = ?2");
        _hasTopic = database.Prepare("SELECT position FROM keyed_topic WHERE topic = ?1 LIMIT 1");
        _has = database.Prepare("SELECT position FROM keyed WHERE position = ?1");
        _keep = database.Prepare("INSERT INTO survivor SELECT * FROM event WHERE position = ?1");
        _topics = database.Prepare("SELECT topic, alternates FROM survivor WHERE position = ?1");
        _drop = database.Prepare("DELETE FROM survivor WHERE position = ?1");
    }

    /// <summary>Notes an event that has a key.</summary>
    /// <returns>The position of the event whose place it takes; null where it is the first.</returns>
    public long? Add(LoggedEvent logged, long[] topics)
    {
        var alternates = AlternateIds.Write(topics.AsSpan(1)) ?? "";
        var isPrivate = logged.Content.IsPrivate ? 1 : 0;
        var replaced = _ofKey.Bind(1, topics[0]).Bind(2, logged.Content.Key).Bind(3, alternates).Bind(4, isPrivate).ReadNumber();
        if (replaced is { } position) Delete(position, topics);
        _insert.Bind(1, logged.Position).Bind(2, topics[0]).Bind(3, logged.Content.Key).Bind(4, alternates).Bind(5, isPrivate).Run();
        foreach (var topic in topics) _insertTopic.Bind(1, topic).Bind(2, logged.Position).Run();
        return replaced;
    }

    /// <summary>Whether any of these events has a topic.</summary>
    public bool HasTopic(long topic) => _hasTopic.Bind(1, topic).ReadNumber() is not null;

    /// <summary>Keeps an event that is about to be dropped, if it is the newest of its key.</summary>
    /// <returns>Whether it is.</returns>
    public bool TryKeep(long position)
    {
        if (_has.Bind(1, position).ReadNumber() is null) return false;
        _keep.Bind(1, position).Run();
        return true;
    }

    /// <summary>Lets go of an event that was kept for its key: a newer one has taken its place.</summary>
    public void Drop(long position) => _drop.Bind(1, position).Run();

    /// <summary>Lets go of an event that was kept for its key, and of the key.</summary>
    /// <returns>Its topics.</returns>
    public IReadOnlyList<long> Forget(long position)
    {
        _ids.Clear();
        if (!_topics.Bind(1, position).Step()) return _ids;
        _ids.Add(_topics.Number(0));
        AlternateIds.Read(_topics.TextOrNull(1), _ids);
        _topics.Reset();
        Delete(position, _ids);
        Drop(position);
        return _ids;
    }

    public void Dispose()
    {
        _ofKey.Dispose();
        _insert.Dispose();
        _delete.Dispose();
        _insertTopic.Dispose();
        _deleteTopic.Dispose();
        _hasTopic.Dispose();
        _has.Dispose();
        _keep.Dispose();
        _topics.Dispose();
        _drop.Dispose();
    }

    private void Delete(long position, IReadOnlyList<long> topics)
    {
        _delete.Bind(1, position).Run();
        foreach (var topic in topics) _deleteTopic.Bind(1, topic).Bind(2, position).Run();
    }
}
