namespace Siar.Tool;

/// <summary>Finds the name that somebody meant who has written another.</summary>
internal static class NearestName
{
    // Beyond a third of its letters a name is another one.
    private const int LettersPerSlip = 3;

    /// <summary>The nearest of the names, the first where several are as near; null where none is near.</summary>
    public static string? Of(string written, IEnumerable<string> names)
    {
        string? nearest = null;
        var least = (written.Length / LettersPerSlip) + 1;
        foreach (var name in names)
        {
            var slips = Slips(written, name);
            if (slips < least) (nearest, least) = (name, slips);
        }

        return nearest;
    }

    /// <summary>How many letters were put in, left out or changed (Levenshtein).</summary>
    private static int Slips(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 0; i < from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < to.Length; j++)
            {
                var changed = diagonal + (from[i] == to[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(changed, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[^1];
    }
}
