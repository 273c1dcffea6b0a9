using Siar.Hub;

namespace Siar.Storage.Sqlite;

/// <summary>Reads a log past the places where it is damaged.</summary>
/// <param name="file">The log.</param>
/// <param name="readRows">Reads events after a position, and fails where it cannot.</param>
internal sealed class SalvageReader(LogFileReader file, Func<long, IEnumerable<(LoggedEvent Event, EventFlags Flags)>> readRows)
{
    private const long MaxPosition = long.MaxValue - 1;
    private const long MaxTriedOneByOne = 1_024;

    /// <summary>Reads every event that can be read, oldest first.</summary>
    /// <param name="take">Gets each.</param>
    /// <param name="lose">Gets the positions in between of which nothing can be read.</param>
    /// <param name="fail">Gets word of a place after which nothing more can be read.</param>
    /// <returns>How many could be read.</returns>
    public long ReadAll(Action<LoggedEvent, EventFlags> take, Action<LostRange> lose, Action<long> fail)
    {
        var after = 0L;
        var count = 0L;
        while (true)
        {
            try
            {
                foreach (var (logged, flags) in readRows(after))
                {
                    take(logged, flags);
                    after = Math.Max(after, logged.Position);
                    count++;
                }

                return count;
            }
            catch (SqliteLogException failure) when (failure.Failure is SqliteLogFailure.Damaged)
            {
                if (FindReadable(after) is not { } next)
                {
                    fail(after);
                    return count;
                }

                lose(new LostRange(after + 1, next - 1));
                after = next - 1;
            }
        }
    }

    // Behind the event after which reading failed every position is tried, as far as one or two damaged pages reach; then ever larger
    // steps, and halves of the last one.
    private long? FindReadable(long after)
    {
        var tried = after + 1;
        while (tried++ < after + MaxTriedOneByOne)
        {
            if (IsReadableFrom(tried)) return tried;
        }

        var step = MaxTriedOneByOne;
        while (!IsReadableFrom(tried + step))
        {
            if (step > (MaxPosition - tried) / 4) return null;
            tried += step;
            step *= 2;
        }

        var readable = tried + step;
        while (readable - tried > 1)
        {
            var middle = tried + ((readable - tried) / 2);
            if (IsReadableFrom(middle)) readable = middle;
            else tried = middle;
        }

        return readable;
    }

    private bool IsReadableFrom(long position)
    {
        try
        {
            foreach (var _ in readRows(position - 1)) return true;
            return !HasMore(position);
        }
        catch (SqliteLogException failure) when (failure.Failure is SqliteLogFailure.Damaged)
        {
            return false;
        }
    }

    private bool HasMore(long position)
    {
        using var rows = file.Database.Prepare("SELECT 1 FROM event WHERE position >= ?1 LIMIT 1");
        return rows.Bind(1, position).Step();
    }
}
