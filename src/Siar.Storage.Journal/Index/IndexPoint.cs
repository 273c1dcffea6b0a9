using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Journal.Index;

/// <summary>How far an index has come in its stream.</summary>
/// <param name="Sequence">The last message that it holds; 0 for none.</param>
/// <param name="Id">The id of the message's fact.</param>
/// <param name="Position">The log's head behind it.</param>
/// <param name="Clock">What the clock said then.</param>
/// <param name="Time">The time of the newest event.</param>
internal sealed record IndexPoint(long Sequence, Guid Id, long Position, DateTimeOffset Clock, DateTimeOffset Time)
{
    private const string Columns = "sequence, id, position, clock, time";
    private const int KeptRows = 100_000;
    private const int ForgottenEvery = 1_000;

    /// <summary>The table that an index has besides those of a log.</summary>
    public const string Table =
        "CREATE TABLE IF NOT EXISTS journal (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, position INTEGER NOT NULL, clock INTEGER NOT NULL, time INTEGER NOT NULL)";

    /// <summary>Where an index begins that holds nothing yet.</summary>
    public static IndexPoint Beginning { get; } = new(0, Guid.Empty, 0, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    /// <summary>The last of an index; null where it has none.</summary>
    public static IndexPoint? ReadLast(Database database) => Read(database, long.MaxValue);

    /// <summary>The last at or before a sequence number; null where it is not remembered.</summary>
    public static IndexPoint? Read(Database database, long through)
    {
        using var row = database.Prepare($"SELECT {Columns} FROM journal WHERE sequence <= ?1 ORDER BY sequence DESC LIMIT 1");
        return row.Bind(1, through).Step() ? new IndexPoint(row.Number(0), Guid.Parse(row.Text(1)), row.Number(2), TimeOf(row.Number(3)), TimeOf(row.Number(4))) : null;
    }

    /// <summary>Writes points down, within the caller's transaction.</summary>
    public static void Write(Database database, IEnumerable<IndexPoint> points)
    {
        using var row = database.Prepare($"INSERT OR REPLACE INTO journal ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5)");
        foreach (var point in points)
        {
            row.Bind(1, point.Sequence).Bind(2, point.Id.ToString("N")).Bind(3, point.Position)
                .Bind(4, point.Clock.ToUnixTimeMilliseconds()).Bind(5, point.Time.ToUnixTimeMilliseconds()).Run();
            if (point.Sequence % ForgottenEvery == 0) database.Execute($"DELETE FROM journal WHERE sequence <= {point.Sequence - KeptRows}");
        }
    }

    private static DateTimeOffset TimeOf(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
