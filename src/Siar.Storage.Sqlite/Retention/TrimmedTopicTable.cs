using Siar.Hub;
using Siar.Storage.Sqlite.Native;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Retention;

/// <summary>What is remembered of the topics that were trimmed, as it stands in the file. Belongs to the writer.</summary>
internal sealed class TrimmedTopicTable : IDisposable
{
    private readonly RetentionPlan _plan;
    private readonly Statement _save;
    private readonly Statement _delete;

    public TrimmedTopicTable(Database database, RetentionPlan plan)
    {
        _plan = plan;
        _save = database.Prepare(
            """
            INSERT INTO trimmed_topic (topic, private, prefix, position, id) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET position = excluded.position, id = excluded.id
            """);
        _delete = database.Prepare("DELETE FROM trimmed_topic WHERE topic = ?1 AND private = ?2 AND prefix = ?3");
    }

    /// <summary>Writes down up to where a topic was trimmed, within the caller's transaction.</summary>
    /// <param name="index">The class of the event.</param>
    /// <param name="trimmed">The topic.</param>
    public void Save(int index, TrimmedTopic trimmed) => _save
        .Bind(1, trimmed.Topic.Value).Bind(2, trimmed.IsPrivate ? 1 : 0).Bind(3, _plan.Classes[index].Prefix).Bind(4, trimmed.Position)
        .Bind(5, trimmed.Id.IsNone ? null : trimmed.Id.Value).Run();

    public void Delete(int index, TrimmedTopic forgotten) =>
        _delete.Bind(1, forgotten.Topic.Value).Bind(2, forgotten.IsPrivate ? 1 : 0).Bind(3, _plan.Classes[index].Prefix).Run();

    public void Dispose()
    {
        _save.Dispose();
        _delete.Dispose();
    }

    /// <summary>
    /// Fills a record with what the file says. Where the classes are others than they were, a topic belongs to the class that has it now: any that has
    /// lost as much will do.
    /// </summary>
    /// <param name="database">The file.</param>
    /// <param name="plan">The classes.</param>
    /// <param name="kept">What the classes have lost.</param>
    /// <param name="record">What is filled.</param>
    /// <returns>Whether the classes are others, so that the table has to be written anew.</returns>
    public static bool Load(Database database, RetentionPlan plan, ReadOnlySpan<KeptClass> kept, TrimRecord record)
    {
        for (var i = 0; i < kept.Length; i++)
        {
            record.Raise(i, kept[i].Trimmed, hasAlternates: false);
            record.Raise(i, kept[i].TrimmedAlternate, hasAlternates: true);
            record.RaiseFloor(i, kept[i].Floor, kept[i].AlternateFloor);
        }

        var isOther = false;
        using var rows = database.Prepare("SELECT topic, private, prefix, position, id FROM trimmed_topic ORDER BY position");
        while (rows.Step())
        {
            var topic = Topic.Parse(rows.Text(0));
            var index = plan.IndexOf(rows.Text(2));
            isOther |= index < 0;
            if (index < 0) index = plan.IndexOf(topic);
            record.Raise(index, rows.Number(3), hasAlternates: plan.IndexOf(topic) != index);
            record.Add(index, new TrimmedTopic(topic, rows.Number(1) != 0, rows.Number(3), rows.TextOrNull(4) is { } id ? EventId.Parse(id) : default));
        }

        return isOther;
    }

    /// <summary>Writes down all that is remembered, and no more of it than the plan allows, within the caller's transaction.</summary>
    public void SaveAll(Database database, TrimRecord record)
    {
        database.Execute("DELETE FROM trimmed_topic");
        for (var i = 0; i < _plan.Classes.Length; i++)
        {
            foreach (var trimmed in record.Topics(i)) Save(i, trimmed);
        }
    }
}
