using System.Collections.Immutable;
using Npgsql;
using Siar.Hub;

namespace Siar.Storage.Postgres;

/// <summary>One life of the log.</summary>
/// <param name="Ordinal">Its number, from 1.</param>
/// <param name="Name">Its name.</param>
/// <param name="After">Its positions are higher.</param>
/// <param name="Through">Its last position; null while it goes on.</param>
internal sealed record EpochSpan(int Ordinal, Epoch Name, long After, long? Through);

/// <summary>The lives of the log, the present one last. Immutable.</summary>
internal sealed class EpochHistory(ImmutableArray<EpochSpan> spans)
{
    public const string Sql = "SELECT ordinal, name, after, through FROM siar.epoch WHERE log = $1 ORDER BY ordinal";

    public ImmutableArray<EpochSpan> Spans => spans;

    public EpochSpan Current => spans[^1];

    /// <summary>Reads what a statement of <see cref="Sql"/> gives.</summary>
    public static async Task<EpochHistory> ReadAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        var spans = ImmutableArray.CreateBuilder<EpochSpan>();
        while (await rows.ReadAsync(cancellationToken))
        {
            if (!Epoch.TryParse(rows.GetString(1), out var name)) throw new InvalidDataException($"In the table siar.epoch an epoch is called '{rows.GetString(1)}', which is no name of one.");
            spans.Add(new EpochSpan(rows.GetInt32(0), name, rows.GetInt64(2), rows.IsNull(3) ? null : rows.GetInt64(3)));
        }

        return spans.Count > 0 ? new EpochHistory(spans.DrainToImmutable()) : throw new InvalidDataException("The table siar.epoch names no epoch of the log.");
    }

    /// <summary>The history after the present life has ended at a position, and another begun.</summary>
    public EpochHistory Begin(Epoch name, long after) =>
        new([.. spans[..^1], Current with { Through = after }, new EpochSpan(Current.Ordinal + 1, name, after, null)]);

    /// <summary>The life in which a position was given.</summary>
    public Epoch At(long position)
    {
        var i = spans.Length - 1;
        while (i > 0 && spans[i].After >= position) i--;
        return spans[i].Name;
    }

    /// <summary>Where an id of the hub's own making leads; null where it is beyond the head of the present life.</summary>
    public ResolvedCursor? Resolve(HubEventId id, long head)
    {
        foreach (var span in spans)
        {
            if (span.Name != id.Epoch) continue;
            if (id.Position <= (span.Through ?? head)) return new ResolvedCursor(id.Position, null);

            // Up to its end a life is part of this log's past; what it gave out beyond is lost.
            return span.Through is { } through ? new ResolvedCursor(through, GapReason.OtherEpoch) : null;
        }

        return new ResolvedCursor(0, GapReason.OtherEpoch);
    }
}
