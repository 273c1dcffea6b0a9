using System.Text.Json;
using Siar.Topics;

namespace Siar.Auth;

/// <summary>Writes the claims of a 0.x token.</summary>
internal static class V0Claims
{
    public static void Write(Utf8JsonWriter claims, TokenRequest request)
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
