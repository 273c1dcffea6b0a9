using System.Buffers;

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

    /// <summary>
    /// A sentence that says why <paramref name="id"/> would not come back unchanged in a header field, or null when it would. RFC 9110, 5.5: "A field
    /// value does not include leading or trailing whitespace", so that whoever reads the field strips it; inside stand visible characters, spaces
    /// and tabs.
    /// </summary>
    public static string? CheckHeader(string id)
    {
        if (id.Length == 0) return null;
        if (IsBlank(id[0]) || IsBlank(id[^1]))
            return "The id begins or ends with a blank, which is lost when a reader sends the id back in a header field: leave the blank out.";
        var at = id.AsSpan().IndexOfAny(NotInHeader);
        return at < 0 ? null : $"The id holds the control character U+{(int)id[at]:X4} at character {at}, which a reader cannot send back in a header field: leave it out.";
    }

    // The C0 controls but for HTAB, and DEL.
    private static readonly SearchValues<char> NotInHeader = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c).Where(c => c != '\t'), '\x7F']);

    private static bool IsBlank(char c) => c is ' ' or '\t';

    private static string Name(char c) => c switch { '\r' => "a carriage return", '\n' => "a line feed", _ => "a NUL" };
}
