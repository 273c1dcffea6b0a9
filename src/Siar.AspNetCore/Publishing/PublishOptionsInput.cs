using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Reads what a publisher asks for besides its events: that it is not done twice, or only on a condition.</summary>
internal static class PublishOptionsInput
{
    private const string KeyHeader = "Idempotency-Key";

    /// <summary>Reads it; what is wrong is noted on the fields.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fields">Where what is wrong is noted.</param>
    /// <param name="access">Who publishes.</param>
    /// <param name="events">What.</param>
    /// <param name="isUnique">Whether the event's id is declared to be no other publish's.</param>
    public static PublishOptions Read(HttpRequest request, RequestFields fields, SiarAccess access, ImmutableArray<Event> events, bool isUnique = false)
    {
        var options = new PublishOptions
        {
            Publisher = access.Caller, FormerPublisher = access.FormerName, IdempotencyKey = ReadKey(request, fields, events, isUnique), Condition = ReadCondition(request, fields),
        };
        if (options.Condition is not null && events.Any(e => e.Topics[0] != events[0].Topics[0]))
            fields.Refuse(Refusal.Invalid("A batch on a condition must be about one topic: the condition would hold for its first one only."));
        return options;
    }

    private static string? ReadKey(HttpRequest request, RequestFields fields, ImmutableArray<Event> events, bool isUnique)
    {
        var header = request.Headers[KeyHeader];
        if (isUnique)
        {
            if (header.Count > 0) fields.Refuse(Refusal.Invalid($"The request has both {KeyHeader} and 'unique': choose one."));
            // An id that is declared unique is its publish's key, and no key that another publish may have.
            if (events is [{ Id.IsNone: false } only]) return "id:" + only.Id.Value;
            fields.Refuse(Refusal.Invalid("With 'unique' the query must give the event's 'id', and the body one event."));
            return null;
        }

        if (header.Count == 0) return null;
        if (header.Count > 1) fields.Refuse(Refusal.Invalid($"The header {KeyHeader} stands more than once in the request: send it once."));
        else if (KeyText(header[0] ?? "") is { } text) return "key:" + text;
        else fields.Refuse(Refusal.Invalid($"The header {KeyHeader} is neither printable ASCII without spaces nor a string in quotes."));
        return null;
    }

    // draft-ietf-httpapi-idempotency-key-header, 2.1: "Idempotency-Key is an Item Structured Header. Its value MUST be a String" (RFC 8941,
    // 3.3.3). What is written without quotes, as many do, is taken as it stands.
    private static string? KeyText(string value)
    {
        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"') return Unescape(value.AsSpan(1, value.Length - 2));
        return value.Length > 0 && value.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0 && !value.Contains('"') ? value : null;
    }

    private static string? Unescape(ReadOnlySpan<char> text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is < ' ' or > '~' or '"') return null;
            if (text[i] == '\\' && (++i == text.Length || text[i] is not ('"' or '\\'))) return null;
            plain.Append(text[i]);
        }

        return plain.Length > 0 ? plain.ToString() : null;
    }

    private static PublishCondition? ReadCondition(HttpRequest request, RequestFields fields)
    {
        var match = request.Headers.IfMatch;
        var noneMatch = request.Headers.IfNoneMatch;
        if (match.Count > 0 && noneMatch.Count > 0) fields.Refuse(Refusal.Invalid("The request has both If-Match and If-None-Match: send one."));
        if (match.Count > 0) return ReadMatch(match, fields);
        if (noneMatch.Count == 0) return null;
        if (noneMatch != "*") fields.Refuse(Refusal.Invalid("If-None-Match takes only '*' here: the topic has no event."));
        return PublishCondition.TopicIsEmpty;
    }

    private static PublishCondition? ReadMatch(StringValues match, RequestFields fields)
    {
        if (!EntityTagHeaderValue.TryParseStrictList(match, out var tags))
        {
            fields.Refuse(Refusal.Invalid("If-Match is not a list of ids in quotes, nor '*'."));
            return null;
        }

        PublishCondition? condition = null;
        var ids = ImmutableArray.CreateBuilder<EventId>();
        foreach (var tag in tags)
        {
            if (tag.Equals(EntityTagHeaderValue.Any)) condition = PublishCondition.TopicHasEvents;

            // RFC 9110, 13.1.1: "MUST use the strong comparison function", and a weak tag is equal to none.
            else if (tag.IsWeak) fields.Refuse(Refusal.Invalid("If-Match has a weak tag, which is equal to no id: leave the 'W/' out."));
            else if (EventTag.Read(tag.Tag.AsSpan(), out var id) is { } wrong) fields.Refuse(Refusal.Invalid(wrong));
            else ids.Add(id);
        }

        if (fields.Refusal is not null) return null;
        return condition ?? PublishCondition.NewestIs(ids.DrainToImmutable());
    }
}

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
            else tag.Append('%').Append(each.ToString("X2", CultureInfo.InvariantCulture));
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
        if (RequestText.Decode(tag[1..^1], isForm: false, out var text) is { } wrong) return $"The tag {tag} {wrong}";
        return EventId.TryCreate(text, out id, out var error) ? null : $"The tag {tag} cannot be an event's id. {error}";
    }
}
