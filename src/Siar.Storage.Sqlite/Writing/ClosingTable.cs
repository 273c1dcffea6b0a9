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
    private readonly Dictionary<Topic, Closing> _added = [];

    /// <summary>Reads the table.</summary>
    /// <param name="database">The writer's connection.</param>
    /// <param name="most">How many closings are known at once.</param>
    public ClosingTable(Database database, int most)
    {
        _most = most;
        Known = new ClosedTopics(most);
        _insert = database.Prepare("INSERT OR REPLACE INTO closing (position, topic, time, private) VALUES (?1, ?2, ?3, ?4)");
        _deleteOldest = database.Prepare(
            "DELETE FROM closing WHERE position <= (SELECT position FROM closing ORDER BY position DESC LIMIT 1 OFFSET ?1)");
        using var rows = database.Prepare("SELECT topic, position, time, private FROM closing ORDER BY position");
        while (rows.Step())
        {
            var closing = new Closing(rows.Number(1), DateTimeOffset.FromUnixTimeMilliseconds(rows.Number(2)), rows.Number(3) != 0);
            Known.Add(Topic.Parse(rows.Text(0)), closing);
        }
    }

    /// <summary>The closings that are committed.</summary>
    public ClosedTopics Known { get; }

    /// <summary>The closing of a topic, those that this transaction adds included.</summary>
    public Closing? Find(Topic topic) => _added.TryGetValue(topic, out var closing) ? closing : Known.Find(topic);

    /// <summary>Notes a closing, within the caller's transaction.</summary>
    public void Insert(LoggedEvent logged)
    {
        var topic = logged.Content.Topics[0];
        var closing = new Closing(logged.Position, logged.Time, logged.Content.IsPrivate);
        _insert.Bind(1, closing.Position).Bind(2, topic.Value).Bind(3, closing.Time.ToUnixTimeMilliseconds()).Bind(4, closing.IsPrivate ? 1 : 0).Run();
        _added[topic] = closing;
        if (Known.Count + _added.Count > _most) _deleteOldest.Bind(1, _most).Run();
    }

    /// <summary>The transaction is committed.</summary>
    public void Show()
    {
        foreach (var (topic, closing) in _added.OrderBy(c => c.Value.Position)) Known.Add(topic, closing);
        _added.Clear();
    }

    /// <summary>The transaction is rolled back.</summary>
    public void Forget() => _added.Clear();

    public void Dispose()
    {
        _insert.Dispose();
        _deleteOldest.Dispose();
    }
}
