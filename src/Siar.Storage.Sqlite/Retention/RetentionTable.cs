using System.Collections.Immutable;
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
            INSERT INTO retention (prefix, trimmed, trimmed_alternate, mark, count, bytes, counted) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO UPDATE SET
                trimmed = excluded.trimmed, trimmed_alternate = excluded.trimmed_alternate, mark = excluded.mark,
                count = excluded.count, bytes = excluded.bytes, counted = excluded.counted
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
                .Bind(4, kept[i].Mark).Bind(5, kept[i].Count).Bind(6, kept[i].Bytes).Bind(7, head).Run();
        }
    }

    public void Dispose() => _save.Dispose();

    /// <summary>What the classes have lost, as a statement's snapshot of the file says.</summary>
    /// <param name="rows">A statement of <see cref="TrimmedSql"/>.</param>
    /// <param name="plan">The classes.</param>
    /// <param name="last">What was true before: returned again where nothing has changed.</param>
    public static TrimState ReadTrimmed(Statement rows, RetentionPlan plan, TrimState last)
    {
        var classes = last.Classes;
        while (rows.Step())
        {
            var i = IndexOf(plan, rows.Text(0));
            if (i < 0 || (classes[i].Position == rows.Number(1) && classes[i].AlternatePosition == rows.Number(2))) continue;
            classes = classes.SetItem(i, classes[i] with { Position = rows.Number(1), AlternatePosition = rows.Number(2) });
        }

        return classes == last.Classes ? last : new TrimState(classes);
    }

    public const string TrimmedSql = "SELECT prefix, trimmed, trimmed_alternate FROM retention";

    public static TrimState Describe(RetentionPlan plan, ReadOnlySpan<KeptClass> kept)
    {
        var classes = ImmutableArray.CreateBuilder<TrimmedClass>(kept.Length);
        for (var i = 0; i < kept.Length; i++)
        {
            classes.Add(new TrimmedClass(plan.Classes[i].Prefix, kept[i].Trimmed, kept[i].TrimmedAlternate, plan.Classes[i].PrivateOnly));
        }

        return new TrimState(classes.MoveToImmutable());
    }

    private static int IndexOf(RetentionPlan plan, string prefix)
    {
        for (var i = 0; i < plan.Classes.Length; i++)
        {
            if (plan.Classes[i].Prefix == prefix) return i;
        }

        return -1;
    }
}
