using System.Text;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>
/// An event's id as an entity tag (RFC 9110, 8.8.3): in quotes, percent-encoded where a tag may not have the character (<c>etagc</c>), and
/// the percent sign itself.
/// </summary>
internal static class EventTag
{
    public static string Write(EventId id)
    {
        var tag = new StringBuilder("\"");
        foreach (var each in Encoding.UTF8.GetBytes(id.Value))
        {
            if (each is > 0x20 and < 0x7F && each is not ((byte)'"' or (byte)'%')) tag.Append((char)each);
            else tag.Append('%').Append(each.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return tag.Append('"').ToString();
    }

    /// <summary>Reads the id that a tag names.</summary>
    /// <param name="tag">The tag, with its quotes.</param>
    /// <param name="id">The id.</param>
    /// <returns>What is wrong, as a sentence; null when all is well.</returns>
    public static string? Read(ReadOnlySpan<char> tag, out EventId id)
    {
        id = default;
        if (PercentText.Decode(tag[1..^1], isForm: false, out var text) is { } wrong) return $"The tag {tag} {wrong}";
        return EventId.TryCreate(text, out id, out var error) ? null : $"The tag {tag} cannot be an event's id. {error}";
    }
}
