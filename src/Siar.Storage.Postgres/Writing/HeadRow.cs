using Npgsql;
using Siar.Storage.Postgres.Connections;

namespace Siar.Storage.Postgres.Writing;

/// <summary>The log's row.</summary>
/// <param name="Head">The position of the newest event.</param>
/// <param name="Time">When it was appended.</param>
/// <param name="Epoch">The ordinal of the present epoch.</param>
/// <param name="Server">The server that the epoch is of.</param>
/// <param name="PlanVersion">Which plan the log is trimmed by.</param>
internal sealed record HeadRow(long Head, DateTimeOffset Time, int Epoch, ServerIdentity Server, int PlanVersion)
{
    private const string Sql = "SELECT head, time, epoch, system, timeline, plan_version FROM siar.log WHERE log = $1";

    /// <summary>Reads the row.</summary>
    public const string Read = Sql;

    /// <summary>
    /// Takes the head's lock, and reads the row as the holder before has left it. It must be a statement of its own: what a statement reads besides is of
    /// the moment at which it began, before it waited.
    /// </summary>
    public const string Lock = Sql + " FOR UPDATE";

    public static async Task<HeadRow> ReadAsync(NpgsqlDataReader row, CancellationToken cancellationToken)
    {
        if (!await row.ReadAsync(cancellationToken)) throw new InvalidDataException("The log's row in the table siar.log is gone.");
        return new HeadRow(row.GetInt64(0), row.Get<DateTimeOffset>(1), row.GetInt32(2), new ServerIdentity(row.GetString(3), row.GetString(4)), row.GetInt32(5));
    }
}
