using System.Collections.Immutable;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Reads what a publisher asks for besides its events: that it is not done twice, or only on a condition.</summary>
internal static class PublishOptionsReader
{
    private const string KeyHeader = "Idempotency-Key";

    public static Refusal? Read(HttpRequest request, QueryFields query, SiarAccess access, ImmutableArray<Event> events, out PublishOptions options)
    {
        options = new PublishOptions { Publisher = access.Caller, FormerPublisher = access.FormerName };
        PublishCondition? condition = null;
        if ((ReadKey(request, query, events, out var key) ?? ReadCondition(request, out condition)) is { } refusal) return refusal;
        if (condition is not null && events.Any(e => e.Topics[0] != events[0].Topics[0]))
            return Refusal.Invalid("A batch on a condition must be about one topic: the condition would hold for its first one only.");
        options = options with { IdempotencyKey = key, Condition = condition };
        return null;
    }

    private static Refusal? ReadKey(HttpRequest request, QueryFields query, ImmutableArray<Event> events, out string? key)
    {
        key = null;
        var header = request.Headers[KeyHeader];
        if (query.Switch("unique", out var isUnique) is { } refusal) return refusal;
        if (isUnique && header.Count > 0) return Refusal.Invalid($"The request has both {KeyHeader} and 'unique': choose one.");
        if (isUnique) return ReadUniqueId(events, out key);
        if (header.Count > 1) return Refusal.Invalid($"The header {KeyHeader} stands more than once in the request: send it once.");
        if (header.Count == 0) return null;
        if (KeyText(header[0] ?? "") is not { } text)
            return Refusal.Invalid($"The header {KeyHeader} is neither printable ASCII without spaces nor a string in quotes.");
        key = "key:" + text;
        return null;
    }

    // An id that is declared unique is its publish's key, and no key that another publish may have.
    private static Refusal? ReadUniqueId(ImmutableArray<Event> events, out string? key)
    {
        key = null;
        if (events is not [{ Id.IsNone: false } only]) return Refusal.Invalid("With 'unique' the query must give the event's 'id', and the body one event.");
        key = "id:" + only.Id.Value;
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
        var plain = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is < ' ' or > '~' or '"') return null;
            if (text[i] == '\\' && (++i == text.Length || text[i] is not ('"' or '\\'))) return null;
            plain.Append(text[i]);
        }

        return plain.Length > 0 ? plain.ToString() : null;
    }

    private static Refusal? ReadCondition(HttpRequest request, out PublishCondition? condition)
    {
        condition = null;
        var match = request.Headers.IfMatch;
        var noneMatch = request.Headers.IfNoneMatch;
        if (match.Count > 0 && noneMatch.Count > 0) return Refusal.Invalid("The request has both If-Match and If-None-Match: send one.");
        if (match.Count > 0) return ReadMatch(match, out condition);
        if (noneMatch.Count == 0) return null;
        if (noneMatch != "*") return Refusal.Invalid("If-None-Match takes only '*' here: the topic has no event.");
        condition = PublishCondition.TopicIsEmpty;
        return null;
    }

    private static Refusal? ReadMatch(StringValues match, out PublishCondition? condition)
    {
        condition = null;
        if (!EntityTagHeaderValue.TryParseStrictList(match, out var tags)) return Refusal.Invalid("If-Match is not a list of ids in quotes, nor '*'.");
        var ids = ImmutableArray.CreateBuilder<EventId>();
        foreach (var tag in tags)
        {
            if (tag.Equals(EntityTagHeaderValue.Any)) condition = PublishCondition.TopicHasEvents;

            // RFC 9110, 13.1.1: "MUST use the strong comparison function", and a weak tag is equal to none.
            else if (tag.IsWeak) return Refusal.Invalid("If-Match has a weak tag, which is equal to no id: leave the 'W/' out.");
            else if (EventTag.Read(tag.Tag.AsSpan(), out var id) is { } wrong) return Refusal.Invalid(wrong);
            else ids.Add(id);
        }

        condition ??= PublishCondition.NewestIs(ids.DrainToImmutable());
        return null;
    }
}
