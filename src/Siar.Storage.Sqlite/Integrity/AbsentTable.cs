using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Integrity;

/// <summary>
/// Writes down which positions have no event any more, in the commit that drops it. Where all up to a position are gone it remembers no more than
/// that. Belongs to the writer.
/// </summary>
internal sealed class AbsentTable : IDisposable
{
    private readonly Statement _add;
    private readonly Statement _rise;
    private readonly Statement _raise;
    private readonly Statement _forget;

    public AbsentTable(Database database)
    {
        _add = database.Prepare(
            """
            INSERT INTO absent (block, positions) SELECT ?1, ?2 WHERE ?1 * 64 >= (SELECT absent_after FROM integrity)
            ON CONFLICT DO UPDATE SET positions = positions | excluded.positions RETURNING positions
            """);
        _rise = database.Prepare(
            """
            UPDATE integrity SET absent_after = absent_after + 64
            WHERE EXISTS (SELECT 1 FROM absent WHERE block = absent_after / 64 AND positions = -1) RETURNING absent_after
            """);
        _forget = database.Prepare("DELETE FROM absent WHERE block < ?1");
        _raise = database.Prepare("UPDATE integrity SET absent_after = max(absent_after, ?1)");
    }

    public void Add(long position)
    {
        var block = (position - 1) >> 6;
        if (_add.Bind(1, block).Bind(2, 1L << (int)((position - 1) & 63)).ReadNumber() != -1) return;
        while (_rise.ReadNumber() is { } after) _forget.Bind(1, after / 64).Run();
    }

    /// <summary>Remembers nothing more of positions below one.</summary>
    public void Forget(long position)
    {
        _raise.Bind(1, (position >> 6) << 6).Run();
        _forget.Bind(1, position >> 6).Run();
    }

    public void Dispose()
    {
        _add.Dispose();
        _rise.Dispose();
        _raise.Dispose();
        _forget.Dispose();
    }
}
