using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Siar.Topics;

namespace Siar.Auth;

/// <summary>
/// Reads the claim <c>authorization_details</c> (Mercure 1.0, RFC 9396). One invalid Mercure entry makes the whole token invalid; entries of
/// other types are nobody's business here. One reader reads one token.
/// </summary>
internal sealed class AuthorizationDetailsReader(TokenLimits limits, string? baseUrl)
{
    public const string ClaimName = "authorization_details";

    public const string MercureType = "https://mercure.rocks/authorization-detail";

    /// <summary>The longest matcher text, in bytes of UTF-8.</summary>
    private const int MaxMatcherBytes = 4096;

    private const string Wildcard = "*";

    private int _matchers;

    /// <summary>Whether the claims hold a Mercure entry, valid or not: that makes them a 1.0 token's.</summary>
    public static bool AppliesTo(JsonElement claims)
    {
        if (!claims.TryGet(ClaimName, out var details) || details.ValueKind != JsonValueKind.Array) return false;
        foreach (var entry in details.EnumerateArray())
        {
            if (IsMercure(entry)) return true;
        }

        return false;
    }

    /// <summary>Reads the claim. Without any Mercure entry a token is valid and grants nothing.</summary>
    public bool TryRead(JsonElement claims, [NotNullWhen(true)] out ClaimedGrants? grants, [NotNullWhen(false)] out TokenFailure? failure)
    {
        grants = null;
        failure = null;
        var details = new List<AuthorizationDetail>();
        if (claims.TryGet(ClaimName, out var claim))
        {
            if (claim.ValueKind != JsonValueKind.Array) failure = TokenFailure.Invalid($"{ClaimName} is not an array.");
            else if (!TryReadEntries(claim, details, out failure)) return false;
        }

        if (failure is not null) return false;
        grants = new ClaimedGrants
        {
            HasPublishClaim = details.Exists(d => d.Publish),
            Publish = [.. details.Where(d => d.Publish).SelectMany(d => d.Topics)],
            Subscribe = [.. details.Where(d => d.Subscribe).SelectMany(d => d.Topics)],
            Payloads = [.. details.Where(d => d is { Subscribe: true, Payload: not null }).Select(d => new GrantPayload(MatcherSet.Of(d.Topics), d.Payload!.Value))],
        };
        return true;
    }

    private static bool IsMercure(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("type", out var type)
        && type.TryGetText(out var text) && text == MercureType;

    private bool TryReadEntries(JsonElement claim, List<AuthorizationDetail> details, [NotNullWhen(false)] out TokenFailure? failure)
    {
        failure = null;
        var index = -1;
        foreach (var entry in claim.EnumerateArray())
        {
            index++;
            if (entry.ValueKind != JsonValueKind.Object) failure = TokenFailure.Invalid($"{ClaimName}[{index}] is not an object.");
            // Entries of another type are skipped untouched: their members may have any shape.
            else if (!IsMercure(entry)) continue;
            else if (details.Count == limits.MaxDetails) failure = TokenFailure.LimitExceeded($"{ClaimName} has more than {limits.MaxDetails} Mercure entries.");
            else if (TryReadEntry(entry, out var detail, out var reason)) details.Add(detail);
            else failure = TokenFailure.Invalid($"{ClaimName}[{index}]{reason}.");

            if (_matchers > limits.MaxMatchers) failure = TokenFailure.LimitExceeded($"The token has more than {limits.MaxMatchers} topic matchers.");
            if (failure is not null) return false;
        }

        return true;
    }

    private bool TryReadEntry(JsonElement entry, [NotNullWhen(true)] out AuthorizationDetail? detail, [NotNullWhen(false)] out string? reason)
    {
        detail = null;
        if (!TryReadActions(entry, out var publish, out var subscribe, out reason)
            || !TryReadTopics(entry, out var topics, out reason)) return false;

        JsonElement? payload = null;
        if (entry.TryGet("payload", out var given))
        {
            if (given.ValueKind != JsonValueKind.Object)
            {
                reason = ".payload is not an object";
                return false;
            }

            payload = given.Clone();
        }

        detail = new AuthorizationDetail(publish, subscribe, topics, payload);
        return true;
    }

    private static bool TryReadActions(JsonElement entry, out bool publish, out bool subscribe, [NotNullWhen(false)] out string? reason)
    {
        publish = subscribe = false;
        reason = null;
        if (!entry.TryGetProperty("actions", out var actions) || actions.ValueKind != JsonValueKind.Array || actions.GetArrayLength() == 0)
        {
            reason = ".actions is not an array with at least one string";
            return false;
        }

        foreach (var action in actions.EnumerateArray())
        {
            if (!action.TryGetText(out var text))
            {
                reason = ".actions holds something else than strings";
                return false;
            }

            // Unknown actions grant nothing and harm nothing.
            publish |= text == "publish";
            subscribe |= text == "subscribe";
        }

        return true;
    }

    private bool TryReadTopics(JsonElement entry, out ImmutableArray<Matcher> topics, [NotNullWhen(false)] out string? reason)
    {
        topics = [];
        reason = null;
        if (!entry.TryGetProperty("topics", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            reason = ".topics is not an array with at least one object";
            return false;
        }

        // Counted before any is made: a pattern costs more to make than to count.
        _matchers += list.GetArrayLength();
        if (_matchers > limits.MaxMatchers) return true;

        var read = ImmutableArray.CreateBuilder<Matcher>(list.GetArrayLength());
        foreach (var topic in list.EnumerateArray())
        {
            if (!TryReadTopic(topic, out var matcher, out var error))
            {
                reason = $".topics[{read.Count}] {error}";
                return false;
            }

            read.Add(matcher);
        }

        topics = read.MoveToImmutable();
        return true;
    }

    private bool TryReadTopic(JsonElement topic, [NotNullWhen(true)] out Matcher? matcher, [NotNullWhen(false)] out string? error)
    {
        matcher = null;
        error = null;
        var type = "exact";
        if (topic.ValueKind != JsonValueKind.Object) error = "is not an object";
        else if (!topic.TryGetProperty("match", out var match) || !match.TryGetText(out var text)) error = "has no match that is a string";
        else if (topic.TryGetProperty("match_type", out var given) && !given.TryGetText(out type)) error = "has a match_type that is not a string";
        else return TryReadMatcher(text, type, out matcher, out error);
        return false;
    }

    /// <summary>Reads a 1.0 matcher.</summary>
    private bool TryReadMatcher(string match, string matchType, [NotNullWhen(true)] out Matcher? matcher, [NotNullWhen(false)] out string? error)
    {
        matcher = null;
        error = match.Length == 0 ? "is empty"
            : Encoding.UTF8.GetByteCount(match) > MaxMatcherBytes ? $"is longer than {MaxMatcherBytes} bytes"
            : CheckProtocolString(match);
        if (error is not null) return false;

        switch (matchType)
        {
            // `*` matches every topic, whatever the type.
            case "exact" or "urlpattern" when match == Wildcard:
                matcher = Matcher.All;
                return true;
            case "exact" when Topic.TryCreate(match, out var topic, out _):
                matcher = Matcher.Exact(topic);
                return true;
            case "exact":
                error = "cannot be a topic";
                return false;
            case "urlpattern" when Matcher.TryCreateUrlPattern(match, baseUrl, out matcher, out error):
                return true;
            case "urlpattern":
                error = $"is no URL Pattern: {error?.TrimEnd('.')}";
                return false;
            default:
                error = $"has the match_type {QuotedText.Of(matchType)}, which is neither exact nor urlpattern";
                return false;
        }
    }

    /// <summary>
    /// What keeps a text from being a "protocol string", the only text a matcher may be, as the end of a sentence; null when nothing does: control characters (C0,
    /// DEL, C1), and the category Cf, whose invisible marks make two different topics look alike.
    /// </summary>
    private static string? CheckProtocolString(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format) return $"holds the character U+{rune.Value:X4}, which cannot be seen";
        }

        return null;
    }
}
