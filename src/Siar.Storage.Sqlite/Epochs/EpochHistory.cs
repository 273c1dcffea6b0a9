using System.Collections.Immutable;
using Siar.Hub;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Epochs;

/// <summary>One life of the log.</summary>
/// <param name="Name">Its name.</param>
/// <param name="After">Its positions are higher.</param>
/// <param name="Through">Its last position; null while it goes on.</param>
internal sealed record EpochSpan(Epoch Name, long After, long? Through);

/// <summary>The lives that the file knows of, the present one last. Immutable.</summary>
internal sealed class EpochHistory(ImmutableArray<EpochSpan> spans)
{
    public ImmutableArray<EpochSpan> Spans { get; } = spans;

    public Epoch Current => Spans[^1].Name;

    public static EpochHistory Read(Database database)
    {
        var spans = ImmutableArray.CreateBuilder<EpochSpan>();
        using var rows = database.Prepare("SELECT name, after, through FROM epoch ORDER BY ordinal");
        while (rows.Step())
        {
            if (!Epoch.TryParse(rows.Text(0), out var name)) throw Damaged(database, $"an epoch is called '{rows.Text(0)}'");
            spans.Add(new EpochSpan(name, rows.Number(1), rows.NumberOrNull(2)));
        }

        if (spans.Count == 0 || spans[^1].Through is not null) throw Damaged(database, "no epoch goes on");
        return new EpochHistory(spans.DrainToImmutable());
    }

    /// <summary>Ends the present life and begins another, within the caller's transaction.</summary>
    public static void BeginNew(Database database, long head, Epoch name)
    {
        using var end = database.Prepare("UPDATE epoch SET through = ?1 WHERE through IS NULL");
        end.Bind(1, head).Run();
        using var begin = database.Prepare("INSERT INTO epoch (name, after) VALUES (?1, ?2)");
        begin.Bind(1, name.Value).Bind(2, head).Run();
    }

    /// <summary>The life in which a position was given.</summary>
    public Epoch At(long position)
    {
        var i = Spans.Length - 1;
        while (i > 0 && Spans[i].After >= position) i--;
        return Spans[i].Name;
    }

    /// <summary>Where an id of the hub's own making leads.</summary>
    public ResolvedCursor Resolve(HubEventId id, long head)
    {
        foreach (var span in Spans)
        {
            if (span.Name != id.Epoch) continue;
            if (id.Position <= (span.Through ?? head)) return new ResolvedCursor(id.Position, null);

            // Up to its end a life is part of this log's past; what it gave out beyond is lost.
            return span.Through is { } through ? new ResolvedCursor(through, GapReason.OtherEpoch) : new ResolvedCursor(0, GapReason.UnknownId);
        }

        return new ResolvedCursor(0, GapReason.OtherEpoch);
    }

    private static SqliteLogException Damaged(Database database, string what) => new(
        SqliteLogFailure.Damaged,
        $"The log '{database.Path}' is damaged ({what}): go on with what can be read of it, or with a backup, by 'siar log restore'.");
}
