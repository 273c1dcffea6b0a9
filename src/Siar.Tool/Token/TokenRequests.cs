using System.Collections;
using System.Text.Json;
using Siar.Auth;
using Siar.Topics;

namespace Siar.Tool;

/// <summary>Reads what a token shall say.</summary>
internal static class TokenRequests
{
    /// <summary>Where a hub serves Mercure unless told otherwise.</summary>
    private const string MercurePath = ".well-known/mercure";

    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    /// <summary>Reads the order.</summary>
    /// <exception cref="SettingException">A value is wrong.</exception>
    public static TokenRequest Read(TokenOrder order, IDictionary variables)
    {
        var dialect = DialectOf(order.Dialect);
        var request = new TokenRequest
        {
            Dialect = dialect,
            Lifetime = LifetimeOf(order.Expires, dialect),
            Subject = order.Subject,
            Payload = PayloadOf(order.Payload),
            Issuer = order.Issuer,
            Audience = order.Resource,
        };
        if (dialect == TokenDialect.V1) request = WithParties(request, variables);
        return request with
        {
            Publish = order.MayPublish ? Matchers(order.Publish, order.PublishPatterns, request) : null,
            Subscribe = order.MaySubscribe ? Matchers(order.Subscribe, order.SubscribePatterns, request) : null,
        };
    }

    private static TokenDialect DialectOf(SettingValue? value) => value?.Text switch
    {
        null or "1.0" or "1" => TokenDialect.V1,
        "0.x" or "0" => TokenDialect.V0,
        _ => throw value.Wrong($"there is no dialect '{value.Text}': write 1.0 or 0.x"),
    };

    private static TimeSpan? LifetimeOf(SettingValue? value, TokenDialect dialect)
    {
        if (value is null) return DefaultLifetime;
        if (value.IsNone) return dialect == TokenDialect.V0 ? null : throw value.Wrong("a token of Mercure 1.0 must end: write how long it is good, such as 30d");
        return value.ToDuration() is var lifetime && lifetime >= TimeSpan.FromSeconds(1) && lifetime <= TimeSpan.FromDays(36_500)
            ? lifetime
            : throw value.Wrong($"'{value.Text}' is not from 1s to 36500d");
    }

    private static JsonElement? PayloadOf(SettingValue? value)
    {
        try
        {
            return value is null ? null : JsonElement.Parse(value.Text);
        }
        catch (JsonException failure)
        {
            throw value!.Wrong($"is not JSON: {failure.Message.TrimEnd('.')}");
        }
    }

    // As the hub itself finds out who it is, so that a token made beside it is one that it takes.
    private static TokenRequest WithParties(TokenRequest request, IDictionary variables)
    {
        var audience = request.Audience ?? Variable(variables, "SIAR_RESOURCE") ?? HubAddress.Of(null, null, variables).Url + MercurePath;
        if (!Uri.TryCreate(audience, UriKind.Absolute, out var resource)) throw new SettingException($"--resource: '{audience}' is not the URL of a hub: write one such as https://example.com/{MercurePath}.");
        var issuer = request.Issuer ?? Variable(variables, "SIAR_ISSUERS")?.Split(',')[0] ?? resource.GetLeftPart(UriPartial.Authority);
        return request with { Audience = audience, Issuer = issuer };
    }

    private static string? Variable(IDictionary variables, string name) => variables[name] is string { Length: > 0 } text ? text : null;

    private static MatcherSet Matchers(IEnumerable<SettingValue> topics, IEnumerable<SettingValue> patterns, TokenRequest request) =>
        MatcherSet.Of([.. topics.Select(t => MatcherOf(t, request.Dialect)), .. patterns.Select(p => PatternOf(p, request.Audience))]);

    private static Matcher MatcherOf(SettingValue value, TokenDialect dialect)
    {
        if (value.Text == "*") return Matcher.All;
        if (dialect == TokenDialect.V0) return Matcher.FromSelector(value.Text);
        return Topic.TryCreate(value.Text, out var topic, out var error) ? Matcher.Exact(topic) : throw value.Wrong(error.TrimEnd('.'));
    }

    private static Matcher PatternOf(SettingValue value, string? baseUrl) =>
        Matcher.TryCreateUrlPattern(value.Text, baseUrl, out var matcher, out var error) ? matcher : throw value.Wrong(error.TrimEnd('.'));
}
