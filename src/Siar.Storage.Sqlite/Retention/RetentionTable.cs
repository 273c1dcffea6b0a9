using Siar.Hub;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Retention;

/// <summary>
/// The classes as they stand in the file. Their counts are written now and then: what was appended since is counted when the file is
/// opened. Belongs to the writer.
/// </summary>
internal sealed class RetentionTable : IDisposable
{
    private readonly RetentionPlan _plan;
    private readonly Statement _save;

    public RetentionTable(Database database, RetentionPlan plan)
    {
        _plan = plan;
        _save = database.Prepare(
            """
            INSERT INTO retention (prefix, trimmed, trimmed_alternate, mark, count, bytes, counted, floor, alternate_floor)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT DO UPDATE SET
                trimmed = excluded.trimmed, trimmed_alternate = excluded.trimmed_alternate, mark = excluded.mark,
                count = excluded.count, bytes = excluded.bytes, counted = excluded.counted,
                floor = excluded.floor, alternate_floor = excluded.alternate_floor
            """);
    }

    /// <summary>Writes the classes down, within the caller's transaction.</summary>
    /// <param name="kept">One for each class of the plan.</param>
    /// <param name="head">The position up to which events are counted.</param>
    public void Save(ReadOnlySpan<KeptClass> kept, long head)
    {
        for (var i = 0; i < kept.Length; i++)
        {
            _save.Bind(1, _plan.Classes[i].Prefix).Bind(2, kept[i].Trimmed).Bind(3, kept[i].TrimmedAlternate)
                .Bind(4, kept[i].Mark).Bind(5, kept[i].Count).Bind(6, kept[i].Bytes).Bind(7, head)
                .Bind(8, kept[i].Floor).Bind(9, kept[i].AlternateFloor).Run();
        }
    }

    public void Dispose() => _save.Dispose();

    /// <summary>Up to where each class was trimmed, as a statement's snapshot of the file says.</summary>
    /// <param name="rows">A statement of <see cref="TrimmedSql"/>.</param>
    public static Dictionary<string, long> ReadPositions(Statement rows)
    {
        var positions = new Dictionary<string, long>(StringComparer.Ordinal);
        while (rows.Step()) positions.Add(rows.Text(0), rows.Number(1));
        return positions;
    }

    /// <summary>What a statement's snapshot of the file says, as if every topic had been trimmed as far as its class.</summary>
    /// <param name="rows">A statement of <see cref="TrimmedSql"/>.</param>
    /// <param name="plan">The classes.</param>
    public static TrimState ReadAtMost(Statement rows, RetentionPlan plan)
    {
        var record = new TrimRecord(plan);
        while (rows.Step())
        {
            var i = plan.IndexOf(rows.Text(0));
            if (i < 0) continue;
            record.Raise(i, rows.Number(1), hasAlternates: false);
            record.Raise(i, rows.Number(2), hasAlternates: true);
            record.RaiseFloor(i, rows.Number(1), rows.Number(2));
        }

        return record.Describe();
    }

    public const string TrimmedSql = "SELECT prefix, trimmed, trimmed_alternate FROM retention";
}
