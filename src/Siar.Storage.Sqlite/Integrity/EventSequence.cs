using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Integrity;

/// <summary>
/// Says whether events are missing between two that were read one after the other. SQLite does not notice where pages of the table have changed
/// places, or one was written over another. Used by one thread, within a snapshot of the file.
/// </summary>
internal sealed class EventSequence(Database database) : IDisposable
{
    private readonly AbsentPositions _absent = new(database);
    private readonly Statement _exists = database.Prepare("SELECT position FROM event WHERE position = ?1");
    private readonly Statement _before = database.Prepare("SELECT position FROM event WHERE position <= ?1 ORDER BY position DESC LIMIT 1");
    private readonly Statement _after = database.Prepare("SELECT position FROM event WHERE position > ?1 ORDER BY position LIMIT 1");

    /// <summary>Checks that the next event after a position is one that was found.</summary>
    /// <exception cref="SqliteLogException">Events between them cannot be found.</exception>
    public void Check(long before, long position)
    {
        if (position == before + 1) return;
        if (position > before && _absent.AreAll(before + 1, position - 1) && (before >= _absent.UnknownThrough || IsHole(before, position))) return;
        throw OutOfOrder(before);
    }

    /// <summary>Checks that no event is after a position, up to the head.</summary>
    /// <inheritdoc cref="Check" path="/exception" />
    public void CheckEnd(long before, long head)
    {
        if (!_absent.AreAll(before + 1, head)) throw OutOfOrder(before);
    }

    /// <summary>Whether the events at some positions were dropped, or may have been.</summary>
    public bool AreAbsent(long from, long through) => _absent.AreAll(from, through);

    /// <summary>An event that should be there is not.</summary>
    public SqliteLogException Missing(long position) => new(
        SqliteLogFailure.Damaged,
        $"The log '{database.Path}' is damaged: the event at position {position} is missing. Go on without it, or with a backup, by 'siar log restore'.");

    public void Dispose()
    {
        _absent.Dispose();
        _exists.Dispose();
        _before.Dispose();
        _after.Dispose();
    }

    // In a file that did not yet write down what it dropped: what stands on both sides of a hole must be found from the other side.
    private bool IsHole(long before, long position)
    {
        if (_exists.Bind(1, position).ReadNumber() is null) return false;
        var last = _before.Bind(1, before).ReadNumber();
        return last is null ? _after.Bind(1, 0).ReadNumber() == position : _after.Bind(1, last.Value).ReadNumber() == position;
    }

    private SqliteLogException OutOfOrder(long before) => new(
        SqliteLogFailure.Damaged,
        $"The log '{database.Path}' is damaged: its events are out of order behind position {before}. Go on without them, or with a backup, by 'siar log restore'.");
}
