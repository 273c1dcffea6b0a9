using Siar.Hub;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Writing;

namespace Siar.Storage.Sqlite.Retention;

/// <summary>Reads the classes when the log is opened: as they were left, or, where the options name others than before, made from those.</summary>
internal static class RetentionLoader
{
    /// <summary>Reads the classes and counts what was appended since they were written down; writes nothing but rows of old classes away.</summary>
    /// <param name="database">The file.</param>
    /// <param name="plan">The classes.</param>
    /// <param name="topics">The topics.</param>
    /// <param name="head">The last position that the file gives account of.</param>
    /// <returns>One for each class of the plan.</returns>
    /// <exception cref="SqliteLogException">More was counted than is there.</exception>
    public static KeptClass[] Load(Database database, RetentionPlan plan, TopicTable topics, long head)
    {
        var stored = ReadRows(database);
        if (stored.Values.Any(s => s.Counted > head)) throw Lost(database, head);
        var same = stored.Count == plan.Classes.Length && plan.Classes.All(c => stored.ContainsKey(c.Prefix));
        var kept = plan.Classes.Select(c => same ? stored[c.Prefix].Kept : Inherit(c.Prefix, stored)).ToArray();
        CountSince(database, same ? stored[""].Counted : kept.Min(k => k.Mark), plan, topics, kept);
        if (!same) database.Execute("DELETE FROM retention");
        return kept;
    }

    private static SqliteLogException Lost(Database database, long head) => new(
        SqliteLogFailure.Damaged,
        $"The log '{database.Path}' is damaged: the events after position {head} are gone. Put a backup back, or go on with what can be read of this file, by 'siar log restore': either begins a new epoch, so that readers are told the gap.");

    private static Dictionary<string, (KeptClass Kept, long Counted)> ReadRows(Database database)
    {
        var found = new Dictionary<string, (KeptClass, long)>(StringComparer.Ordinal);
        using var rows = database.Prepare("SELECT prefix, trimmed, trimmed_alternate, mark, count, bytes, counted, floor, alternate_floor FROM retention");
        while (rows.Step())
        {
            var kept = new KeptClass(rows.Number(1), rows.Number(2), rows.Number(3), rows.Number(4), rows.Number(5)) { Floor = rows.Number(7), AlternateFloor = rows.Number(8) };
            found.Add(rows.Text(0), (kept, rows.Number(6)));
        }

        return found;
    }

    // A class that was not there has lost what the class of its topics, and those below it, have lost; it looks again at all they kept.
    private static KeptClass Inherit(string prefix, Dictionary<string, (KeptClass Kept, long Counted)> stored)
    {
        var above = stored.Keys.Where(k => prefix.StartsWith(k, StringComparison.Ordinal)).MaxBy(k => k.Length);
        var sources = stored.Where(s => s.Key == above || s.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(s => s.Value.Kept).ToList();
        if (sources.Count == 0) return default;

        // What was an alternate of a class that is no more is now a topic of this one, and the other way round.
        var floor = sources.Max(s => Math.Max(s.Floor, s.AlternateFloor));
        return new KeptClass(sources.Max(s => s.Trimmed), sources.Max(s => s.TrimmedAlternate), sources.Min(s => s.Mark), 0, 0) { Floor = floor, AlternateFloor = floor };
    }

    private static void CountSince(Database database, long counted, RetentionPlan plan, TopicTable topics, KeptClass[] kept)
    {
        var alternates = new List<long>();
        using var rows = database.Prepare("SELECT position, topic, alternates, length(data) FROM event WHERE position > ?1 ORDER BY position");
        rows.Bind(1, counted);
        while (rows.Step())
        {
            var topic = topics.NameOf(rows.Number(1));
            ref var ofTopic = ref kept[plan.IndexOf(topic)];
            if (rows.Number(0) <= ofTopic.Mark) continue;
            alternates.Clear();
            AlternateIds.Read(rows.TextOrNull(2), alternates);
            var bytes = rows.Number(3) + topic.Value.Length + alternates.Sum(a => topics.NameOf(a).Value.Length);
            ofTopic = ofTopic with { Count = ofTopic.Count + 1, Bytes = ofTopic.Bytes + bytes };
        }
    }
}
