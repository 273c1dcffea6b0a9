using System.Globalization;
using System.Text;
using Siar.Auth;
using Siar.Topics;

namespace Siar.Tool;

/// <summary>Says in words what a token allows, and until when.</summary>
internal static class TokenWords
{
    public static string Of(TokenRequest request, SigningKey key, DateTimeOffset now)
    {
        var words = new StringBuilder();
        var name = request.Dialect == TokenDialect.V1 ? "1.0" : "0.x";
        var end = request.Lifetime is { } lifetime
            ? string.Create(CultureInfo.InvariantCulture, $"until {(now + lifetime).UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC ({SettingText.Of(lifetime)})")
            : "for ever, until the key is changed";
        words.Append(CultureInfo.InvariantCulture, $"A token of Mercure {name}, signed with {key.Algorithm}. It allows whoever holds it, {end}:\n");
        Append(words, "to publish on", request.Publish);
        Append(words, "to read, private events included,", request.Subscribe);
        words.Append("  to read public events of every topic on the Mercure path\n");
        if (request.Audience is { } hub) words.Append(CultureInfo.InvariantCulture, $"It is for the hub {hub}");
        if (request.Issuer is { } issuer) words.Append(CultureInfo.InvariantCulture, $"{(request.Audience is null ? "It is" : ", and is")} issued by {issuer}");
        if (request.Audience is not null || request.Issuer is not null) words.Append(".\n");
        if (request.Payload is { } payload) words.Append(CultureInfo.InvariantCulture, $"Those who may see who is subscribed are told: {payload.GetRawText()}\n");
        return words.ToString();
    }

    private static void Append(StringBuilder words, string what, MatcherSet? matchers)
    {
        foreach (var matcher in matchers?.Matchers ?? []) words.Append(CultureInfo.InvariantCulture, $"  {what} {Describe(matcher)}\n");
    }

    private static string Describe(Matcher matcher) => matcher.Kind switch
    {
        MatcherKind.All => "every topic",
        MatcherKind.UrlPattern => $"topics that the URL Pattern '{matcher.Value}' matches",
        MatcherKind.UriTemplate => $"topics that the URI Template '{matcher.Value}' matches",
        _ => $"the topic '{matcher.Value}'",
    };
}
