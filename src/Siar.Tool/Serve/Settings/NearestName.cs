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

    /// <summary>How many letters were put in, left out, changed, or swapped with their neighbour (Damerau and Levenshtein, each letter touched once).</summary>
    private static int Slips(string from, string to)
    {
        var slips = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++) slips[i, 0] = i;
        for (var j = 0; j <= to.Length; j++) slips[0, j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            for (var j = 1; j <= to.Length; j++)
            {
                var changed = slips[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                slips[i, j] = Math.Min(changed, Math.Min(slips[i - 1, j], slips[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) slips[i, j] = Math.Min(slips[i, j], slips[i - 2, j - 2] + 1);
            }
        }

        return slips[from.Length, to.Length];
    }
}
