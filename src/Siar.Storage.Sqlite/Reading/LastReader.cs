using Siar.Hub;
using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>
/// Finds where the newest so many events of a topic begin. An event is among the newest of one of its topics if it is not before that. Used
/// by one thread, within a snapshot of the file.
/// </summary>
internal sealed class LastReader(Database database, EventRows rows, EventSequence sequence) : IDisposable
{
    /// <summary>Events that count for nobody, or not for this reader, looked at before the search of a topic ends.</summary>
    private const int MostLookedAt = 65_536;

    private readonly Statement _newest = database.Prepare("SELECT position FROM event_topic WHERE topic = ?1 AND position <= ?2 ORDER BY position DESC LIMIT ?3");
    private readonly Statement _one = database.Prepare($"SELECT {EventRows.Columns} FROM event WHERE position = ?1");

    /// <summary>The position of the oldest of the newest so many events of a topic; past the cut where it has none.</summary>
    public long FindStart(EventSelection selection, long topic, TopicPositions positions)
    {
        var start = selection.Through + 1;
        var left = selection.LastOfTopic;
        var before = selection.Through;
        var lookedAt = 0;
        while (left > 0 && lookedAt < MostLookedAt)
        {
            var found = positions.FetchNewest(_newest, topic, before, left);
            if (found.Count == 0) return start;
            foreach (var position in found)
            {
                before = position - 1;
                lookedAt++;
                if (!Counts(position, selection)) continue;
                start = position;
                if (--left == 0) return start;
            }
        }

        return start;
    }

    public void Dispose()
    {
        _newest.Dispose();
        _one.Dispose();
    }

    private bool Counts(long position, EventSelection selection)
    {
        if (!_one.Bind(1, position).Step()) return sequence.AreAbsent(position, position) ? false : throw sequence.Missing(position);
        var type = _one.TextOrNull(6);
        var isPrivate = EventRows.Flags(_one).HasFlag(EventFlags.Private);
        var counts = type != "siar.closed" && (!isPrivate || selection.Grants.MatchesAny(rows.Topics(_one)));
        _one.Reset();
        return counts;
    }
}
