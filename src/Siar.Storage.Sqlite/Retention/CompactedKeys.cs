using Siar.Hub;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Writing;

namespace Siar.Storage.Sqlite.Retention;

/// <summary>How much is kept for its key alone, class by class, so that it stays within limits: the oldest goes first. Belongs to the writer.</summary>
internal sealed class CompactedKeys
{
    private readonly RetentionPlan _plan;
    private readonly ClassLimits _limits;
    private readonly SortedDictionary<long, long>[] _bytesByPosition;
    private readonly long[] _bytes;

    public CompactedKeys(Database database, RetentionPlan plan, ClassLimits limits, TopicTable topics)
    {
        _plan = plan;
        _limits = limits;
        _bytesByPosition = [.. plan.Classes.Select(_ => new SortedDictionary<long, long>())];
        _bytes = new long[plan.Classes.Length];
        Load(database, topics);
    }

    public void Add(int index, long position, long bytes)
    {
        _bytesByPosition[index].Add(position, bytes);
        _bytes[index] += bytes;
    }

    /// <summary>Lets go of an event.</summary>
    /// <returns>Whether it was here.</returns>
    public bool Remove(int index, long position)
    {
        if (!_bytesByPosition[index].Remove(position, out var bytes)) return false;
        _bytes[index] -= bytes;
        return true;
    }

    /// <summary>The position of the oldest event, where there are too many of a class; null where there are not.</summary>
    public long? Excess(int index)
    {
        var kept = _bytesByPosition[index];
        var limits = _limits[index];
        if (kept.Count == 0 || (kept.Count <= limits.MaxKeys && !(_bytes[index] > limits.MaxBytes))) return null;
        return kept.First().Key;
    }

    /// <summary>Reads again what is kept: a transaction was rolled back.</summary>
    public void Reload(Database database, TopicTable topics)
    {
        foreach (var kept in _bytesByPosition) kept.Clear();
        Array.Clear(_bytes);
        Load(database, topics);
    }

    private void Load(Database database, TopicTable topics)
    {
        var ids = new List<long>();
        using var rows = database.Prepare("SELECT position, topic, alternates, length(data) FROM survivor ORDER BY position");
        while (rows.Step())
        {
            ids.Clear();
            ids.Add(rows.Number(1));
            AlternateIds.Read(rows.TextOrNull(2), ids);
            Add(_plan.IndexOf(topics.NameOf(ids[0])), rows.Number(0), rows.Number(3) + ids.Sum(t => topics.NameOf(t).Value.Length));
        }
    }
}
