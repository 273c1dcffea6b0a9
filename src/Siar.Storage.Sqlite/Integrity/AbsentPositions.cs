using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Integrity;

/// <summary>
/// Tells a position whose event was dropped from one whose event cannot be found, within a snapshot of the file. Used by one thread.
/// </summary>
internal sealed class AbsentPositions(Database database) : IDisposable
{
    private readonly Statement _after = database.Prepare("SELECT absent_after FROM integrity");
    private readonly Statement _blocks = database.Prepare("SELECT block, positions FROM absent WHERE block >= ?1 AND block <= ?2 ORDER BY block");

    /// <summary>Of positions up to this one nobody knows whether they have an event.</summary>
    public long UnknownThrough => _after.ReadNumber() ?? long.MaxValue;

    /// <summary>Whether none of some positions has an event, as far as that is known.</summary>
    /// <param name="from">The first.</param>
    /// <param name="through">The last; none are meant where it is lower.</param>
    public bool AreAll(long from, long through)
    {
        if (from > through) return true;
        from = Math.Max(from, UnknownThrough + 1);
        if (from > through) return true;
        var block = (from - 1) >> 6;
        var last = (through - 1) >> 6;
        try
        {
            for (_blocks.Bind(1, block).Bind(2, last); _blocks.Step(); block++)
            {
                var wanted = -1L;
                if (block == (from - 1) >> 6) wanted &= -1L << (int)((from - 1) & 63);
                if (block == last) wanted &= (long)(ulong.MaxValue >> (63 - (int)((through - 1) & 63)));
                if (_blocks.Number(0) != block || (_blocks.Number(1) & wanted) != wanted) return false;
            }

            return block == last + 1;
        }
        finally
        {
            _blocks.Reset();
        }
    }

    public void Dispose()
    {
        _after.Dispose();
        _blocks.Dispose();
    }
}
