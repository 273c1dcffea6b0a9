using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Siar.AspNetCore.Tests;

/// <summary>Keys of a hub and its issuer, and the tokens that they make.</summary>
internal static class Keyring
{
    public const string Issuer = "https://issuer.example";
    public const string Resource = "https://hub.example/.well-known/mercure";
    public const string PublishSecret = "the publisher's secret, long enough for HS256";
    public const string SubscribeSecret = "the subscriber's secret, long enough for HS256";

    private static readonly long Far = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    /// <summary>Sets a hub up so that it takes these tokens.</summary>
    public static void Trust(TokenOptions tokens)
    {
        tokens.Publish.Keys.Add(PublishSecret);
        tokens.Subscribe.Keys.Add(SubscribeSecret);
        tokens.Issuers.Add(Issuer);
    }

    /// <summary>A hub with keys, in the Production environment.</summary>
    public static TestHubSetup Setup(Action<TokenOptions>? tokens = null, Action<SiarOptions>? options = null) => new()
    {
        Environment = "Production",
        Options = o =>
        {
            o.Resource = Resource;
            options?.Invoke(o);
        },
        Siar = s => s.UseTokens(t =>
        {
            Trust(t);
            tokens?.Invoke(t);
        }),
    };

    /// <summary>The same, with every public event for everybody.</summary>
    public static TestHubSetup Open(Action<SiarOptions>? options = null) => Setup(options: o =>
    {
        o.AnonymousReaders.Add("*");
        options?.Invoke(o);
    });

    /// <summary>A publisher's token of 1.0; each matcher is exact, or a URL Pattern where it begins with <c>~</c>.</summary>
    public static string Publisher(params string[] matchers) => V1(PublishSecret, "publish", matchers);

    /// <summary>A subscriber's token of 1.0.</summary>
    public static string Subscriber(params string[] matchers) => V1(SubscribeSecret, "subscribe", matchers);

    public static string LegacyPublisher(params string[] selectors) => V0(PublishSecret, "publish", selectors);

    public static string LegacySubscriber(params string[] selectors) => V0(SubscribeSecret, "subscribe", selectors);

    public static string V1(string secret, string action, string[] matchers, JsonObject? payload = null)
    {
        var detail = new JsonObject
        {
            ["type"] = "https://mercure.rocks/authorization-detail",
            ["actions"] = new JsonArray(action),
            ["topics"] = new JsonArray([.. matchers.Select(m => (JsonNode)(m.StartsWith('~')
                ? new JsonObject { ["match"] = m[1..], ["match_type"] = "urlpattern" }
                : new JsonObject { ["match"] = m }))]),
        };
        if (payload is not null) detail["payload"] = payload;
        return Sign(secret, V1Claims(new JsonArray(detail)));
    }

    public static string V0(string secret, string action, string[] selectors, JsonNode? payload = null)
    {
        var claim = new JsonObject { [action] = new JsonArray([.. selectors.Select(s => (JsonNode)s)]) };
        if (payload is not null) claim["payload"] = payload;
        return Sign(secret, new JsonObject { ["mercure"] = claim }, "JWT");
    }

    public static JsonObject V1Claims(JsonArray details) => new()
    {
        ["iss"] = Issuer, ["aud"] = Resource, ["sub"] = "somebody", ["exp"] = Far, ["authorization_details"] = details,
    };

    /// <summary>Signs whatever claims with HS256.</summary>
    public static string Sign(string secret, JsonObject claims, string type = "at+jwt")
    {
        var head = Encode(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["alg"] = "HS256", ["typ"] = type }));
        var input = $"{head}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{input}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
