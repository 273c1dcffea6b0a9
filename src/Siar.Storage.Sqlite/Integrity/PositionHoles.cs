using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Integrity;

/// <summary>The positions of a file that have no event.</summary>
internal sealed class PositionHoles(Database database)
{
    // A longer hole is not written down position by position.
    private const long MostAbsent = 1 << 20;

    /// <summary>Finds them.</summary>
    /// <param name="head">The last position that the file gives account of.</param>
    public List<(long From, long Through)> Find(long head)
    {
        var holes = new List<(long, long)>();
        using var positions = database.Prepare("SELECT position FROM event ORDER BY position");
        var before = 0L;
        for (; positions.Step(); before = positions.Number(0))
        {
            if (positions.Number(0) > before + 1) holes.Add((before + 1, positions.Number(0) - 1));
        }

        if (head > before) holes.Add((before + 1, head));
        return holes;
    }

    /// <summary>Writes down that no event is missing there, within the caller's transaction.</summary>
    public void NoteIn(AbsentTable absent, long head)
    {
        foreach (var (from, through) in Find(head))
        {
            var isForgotten = from == 1 || through - from > MostAbsent;
            if (isForgotten) absent.Forget(through);
            for (var position = isForgotten ? ((through >> 6) << 6) + 1 : from; position <= through; position++) absent.Add(position);
        }
    }
}
