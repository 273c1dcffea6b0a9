using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;
using Siar.Topics;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>Which number stands for which topic. Belongs to the writer.</summary>
internal sealed class TopicTable : IDisposable
{
    private const int MaxRemembered = 131_072;

    private readonly Dictionary<string, long> _ids = [];
    private readonly Dictionary<long, Topic> _names = [];
    private readonly Statement _find;
    private readonly Statement _name;
    private readonly Statement _insert;
    private readonly Statement _remove;
    private readonly Statement _digest;
    private long _last;

    public TopicTable(Database database)
    {
        _find = database.Prepare("SELECT id FROM topic WHERE name = ?1");
        _name = database.Prepare("SELECT name FROM topic WHERE id = ?1");
        _insert = database.Prepare("INSERT INTO topic (id, name, url) VALUES (?1, ?2, ?3)");
        _remove = database.Prepare("DELETE FROM topic WHERE id = ?1 RETURNING name, url");
        _digest = database.Prepare("UPDATE integrity SET topics = (topics | ?1) - (topics & ?1)");
        _last = database.ReadNumber("SELECT max(id) FROM topic") ?? 0;
    }

    /// <summary>The topic's number; a new one where no event has had the topic.</summary>
    public long IdOf(Topic topic)
    {
        if (_ids.TryGetValue(topic.Value, out var id)) return id;
        if (_find.Bind(1, topic.Value).ReadNumber() is not { } found)
        {
            // A number is never given twice, even after a roll-back: readers remember what they have read under it.
            found = ++_last;
            var url = TopicUrl.Of(topic);
            _insert.Bind(1, found).Bind(2, topic.Value).Bind(3, url).Run();
            _digest.Bind(1, IndexDigest.Topic(found, topic.Value, url)).Run();
        }

        Remember(topic, found);
        return found;
    }

    /// <summary>The topic's number; null where no event has the topic.</summary>
    public long? Find(Topic topic) => _ids.TryGetValue(topic.Value, out var id) ? id : _find.Bind(1, topic.Value).ReadNumber();

    /// <summary>The topic that a number stands for.</summary>
    public Topic NameOf(long id)
    {
        if (_names.TryGetValue(id, out var topic)) return topic;
        if (!_name.Bind(1, id).Step()) throw MissingTopic(id);
        topic = Topic.Parse(_name.Text(0));
        _name.Reset();
        Remember(topic, id);
        return topic;
    }

    /// <summary>Removes a topic that no event has any more.</summary>
    public void Remove(long id)
    {
        if (_names.Remove(id, out var topic)) _ids.Remove(topic.Value);
        if (!_remove.Bind(1, id).Step()) return;
        var digest = IndexDigest.Topic(id, _remove.Text(0), _remove.TextOrNull(1));
        _remove.Reset();
        _digest.Bind(1, digest).Run();
    }

    /// <summary>Forgets what it remembers: a transaction was rolled back.</summary>
    public void Forget()
    {
        _ids.Clear();
        _names.Clear();
    }

    public void Dispose()
    {
        _find.Dispose();
        _name.Dispose();
        _insert.Dispose();
        _remove.Dispose();
        _digest.Dispose();
    }

    public static SqliteLogException MissingTopic(long id) => new(
        SqliteLogFailure.Damaged,
        $"The log is damaged: an event has the topic number {id}, which is missing. Go on with what can be read, or with a backup, by 'siar log restore'.");

    private void Remember(Topic topic, long id)
    {
        if (_ids.Count >= MaxRemembered) Forget();
        _ids[topic.Value] = id;
        _names[id] = topic;
    }
}
