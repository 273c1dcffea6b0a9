using Siar.Hub;
using Siar.Storage.Sqlite.Native;
using Siar.Topics;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>The closed topics as they stand in the file. Belongs to the writer, but for <see cref="Known"/>.</summary>
internal sealed class ClosingTable : IDisposable
{
    private readonly int _most;
    private readonly Statement _insert;
    private readonly Statement _deleteOldest;
    private readonly OrderedDictionary<Topic, Closing> _added = [];
    private volatile ClosedTopics _known;

    /// <summary>Reads the table.</summary>
    /// <param name="database">The writer's connection.</param>
    /// <param name="most">How many closings are known at once.</param>
    public ClosingTable(Database database, int most)
    {
        _most = most;
        _insert = database.Prepare("INSERT OR REPLACE INTO closing (position, topic, time, private) VALUES (?1, ?2, ?3, ?4)");
        _deleteOldest = database.Prepare(
            "DELETE FROM closing WHERE position <= (SELECT position FROM closing ORDER BY position DESC LIMIT 1 OFFSET ?1)");
        _known = Read(database, most);
    }

    /// <summary>The closings that are committed.</summary>
    public ClosedTopics Known => _known;

    /// <summary>The closing of a topic, those that this transaction adds included.</summary>
    public Closing? Find(Topic topic) => _added.TryGetValue(topic, out var closing) ? closing : Known.Find(topic);

    /// <summary>Notes a closing, within the caller's transaction.</summary>
    public void Insert(LoggedEvent logged)
    {
        var topic = logged.Content.Topics[0];
        var closing = new Closing(logged.Position, logged.Time, logged.Content.IsPrivate);
        _insert.Bind(1, closing.Position).Bind(2, topic.Value).Bind(3, closing.Time.ToUnixTimeMilliseconds()).Bind(4, closing.IsPrivate ? 1 : 0).Run();
        _added[topic] = closing;
        Known.EnsureRoom(_added.Count);
        if (Known.Count + _added.Count > _most) _deleteOldest.Bind(1, _most).Run();
    }

    /// <summary>The transaction is committed. Allocates nothing.</summary>
    public void Show()
    {
        foreach (var (topic, closing) in _added) Known.Add(topic, closing);
        _added.Clear();
    }

    /// <summary>The transaction is rolled back. Allocates nothing.</summary>
    public void Forget() => _added.Clear();

    /// <summary>Reads again from the file what is in memory.</summary>
    public void Reload(Database database)
    {
        _known = Read(database, _most);
        _added.Clear();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _deleteOldest.Dispose();
    }

    private static ClosedTopics Read(Database database, int most)
    {
        var known = new ClosedTopics(most);
        using var rows = database.Prepare("SELECT topic, position, time, private FROM closing ORDER BY position");
        while (rows.Step())
        {
            var closing = new Closing(rows.Number(1), DateTimeOffset.FromUnixTimeMilliseconds(rows.Number(2)), rows.Number(3) != 0);
            known.Add(Topic.Parse(rows.Text(0)), closing);
        }

        return known;
    }
}
