using System.Text.Json;
using Siar.Topics;

namespace Siar.Auth;

/// <summary>Writes the claims of a token, in either dialect.</summary>
internal static class TokenClaims
{
    private const string DefaultSubject = "siar";

    /// <summary>Writes those of a 1.0 access token (RFC 9068 section 2.2 and <c>authorization_details</c>).</summary>
    public static void WriteV1(Utf8JsonWriter claims, TokenRequest request)
    {
        if (request.Lifetime is null) throw new ArgumentException("A token of Mercure 1.0 must end: give it a lifetime.");
        if (request.Payload is { ValueKind: not JsonValueKind.Object }) throw new ArgumentException("The payload of a token of Mercure 1.0 must be a JSON object.");
        claims.WriteString("iss", request.Issuer ?? throw new ArgumentException("A token of Mercure 1.0 must name its issuer."));
        claims.WriteString("aud", request.Audience ?? throw new ArgumentException("A token of Mercure 1.0 must name its audience, the hub's resource identifier."));
        claims.WriteString("sub", request.Subject ?? DefaultSubject);
        claims.WriteString("client_id", request.ClientId ?? request.Subject ?? DefaultSubject);
        claims.WriteString("jti", Guid.CreateVersion7().ToString());

        claims.WriteStartArray(AuthorizationDetailsReader.ClaimName);
        WriteDetail(claims, "publish", request.Publish, payload: null);
        WriteDetail(claims, "subscribe", request.Subscribe, request.Payload);
        claims.WriteEndArray();
    }

    private static void WriteDetail(Utf8JsonWriter claims, string action, MatcherSet? matchers, JsonElement? payload)
    {
        // A detail must have a topic: a grant of nothing is no detail.
        if (matchers is null || matchers.Matchers.IsEmpty) return;
        claims.WriteStartObject();
        claims.WriteString("type", AuthorizationDetailsReader.MercureType);
        claims.WriteStartArray("actions");
        claims.WriteStringValue(action);
        claims.WriteEndArray();
        claims.WriteStartArray("topics");
        foreach (var matcher in matchers.Matchers) WriteTopic(claims, matcher);
        claims.WriteEndArray();
        if (payload is { } value)
        {
            claims.WritePropertyName("payload");
            value.WriteTo(claims);
        }

        claims.WriteEndObject();
    }

    private static void WriteTopic(Utf8JsonWriter claims, Matcher matcher)
    {
        if (matcher.Kind == MatcherKind.UriTemplate) throw new ArgumentException($"Mercure 1.0 has no URI Templates: write {matcher.Value} as a URL Pattern.");
        if (matcher is { Kind: MatcherKind.Exact, Value: "*" }) throw new ArgumentException("The topic * cannot be granted: a token that names it grants every topic.");
        claims.WriteStartObject();
        claims.WriteString("match", matcher.Value);
        if (matcher.Kind == MatcherKind.UrlPattern) claims.WriteString("match_type", "urlpattern");
        claims.WriteEndObject();
    }

    /// <summary>Writes those of a 0.x token.</summary>
    public static void WriteV0(Utf8JsonWriter claims, TokenRequest request)
    {
        if (request.Issuer is not null) claims.WriteString("iss", request.Issuer);
        if (request.Audience is not null) claims.WriteString("aud", request.Audience);
        if (request.Subject is not null) claims.WriteString("sub", request.Subject);

        claims.WriteStartObject(MercureClaim.PlainName);
        WriteSelectors(claims, "publish", request.Publish);
        WriteSelectors(claims, "subscribe", request.Subscribe);
        if (request.Payload is { } payload)
        {
            claims.WritePropertyName("payload");
            payload.WriteTo(claims);
        }

        claims.WriteEndObject();
    }

    private static void WriteSelectors(Utf8JsonWriter claims, string list, MatcherSet? matchers)
    {
        if (matchers is null) return;
        claims.WriteStartArray(list);
        foreach (var matcher in matchers.Matchers) claims.WriteStringValue(SelectorOf(matcher));
        claims.WriteEndArray();
    }

    private static string SelectorOf(Matcher matcher)
    {
        if (matcher.Kind == MatcherKind.UrlPattern) throw new ArgumentException($"Mercure 0.x has no URL Patterns: write {matcher.Value} as a URI Template.");

        // A selector has no type: its text alone says how it is read, and that must not be as more than was asked for.
        return Matcher.FromSelector(matcher.Value).Equals(matcher) ? matcher.Value
            : throw new ArgumentException($"The topic {matcher.Value} cannot be granted in Mercure 0.x, which would read it as a pattern.");
    }
}
