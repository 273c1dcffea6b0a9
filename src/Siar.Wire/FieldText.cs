namespace Siar.Wire;

/// <summary>What the value of a one-line field may hold; the one place that keeps a publisher from forging an event with a newline.</summary>
internal static class FieldText
{
    /// <summary>A sentence that says why <paramref name="value"/> cannot stand in the field, or null when it can.</summary>
    public static string? Check(string field, string value)
    {
        if (value.Length == 0) return $"The {field} is empty: leave it out instead.";
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c is '\r' or '\n' or '\0')
                return $"The {field} holds {Name(c)} at character {i}: it would end or break the line that carries it.";
            if (!char.IsSurrogate(c)) continue;
            if (!char.IsSurrogatePair(value, i)) return $"The {field} holds a lone surrogate at character {i}: it is not Unicode text.";
            i++;
        }

        return null;
    }

    private static string Name(char c) => c switch { '\r' => "a carriage return", '\n' => "a line feed", _ => "a NUL" };
}
