using System.Text.Json.Nodes;
using Siar.TestKit;

namespace Siar.Auth.Tests.Support;

/// <summary>The hub of the examples: one issuer, one secret for each role, both dialects.</summary>
internal static class Example
{
    public const string Issuer = "https://example.com";

    public const string Audience = "https://example.com/.well-known/mercure";

    public const string Topic = "https://example.com/books/1";

    public static Signer Publisher { get; } = Signer.Secret("publisher");

    public static Signer Subscriber { get; } = Signer.Secret("subscriber");

    public static ManualTimeProvider Clock => new();

    public static RoleKeys RoleKeys { get; } = new()
    {
        Publish = KeySource.Of(VerificationKey.FromSecret("publisher"u8)),
        Subscribe = KeySource.Of(VerificationKey.FromSecret("subscriber"u8)),
    };

    public static TokenValidator Validator(TimeProvider? clock = null, Action<TokenValidatorOptions>? configure = null)
    {
        var options = new TokenValidatorOptions { BaseUrl = Audience };
        options.Trust(RoleKeys, Issuer);
        configure?.Invoke(options);
        return new TokenValidator(options, clock ?? Clock);
    }

    /// <summary>A validator for 1.0 tokens of the one issuer, made with a key of this kind.</summary>
    public static TokenValidator ValidatorFor(Signer signer, params string[] algorithms) => Validator(configure: options =>
    {
        options.Issuers.Clear();
        options.Issuers[Issuer] = RoleKeys.Both(KeySource.Of(VerificationKey.FromText(signer.PublicText, [.. algorithms])));
    });

    /// <summary>The claims of a good 1.0 token.</summary>
    public static JsonObject V1Claims(params JsonNode?[] details) => new()
    {
        ["iss"] = Issuer,
        ["aud"] = Audience,
        ["exp"] = Clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
        ["authorization_details"] = new JsonArray(details.Length > 0 ? details : [Detail("publish", Topic), Detail("subscribe", Topic)]),
    };

    public static JsonObject Detail(string action, params string[] topics) => new()
    {
        ["type"] = "https://mercure.rocks/authorization-detail",
        ["actions"] = new JsonArray(action),
        ["topics"] = new JsonArray([.. topics.Select(t => new JsonObject { ["match"] = t })]),
    };

    /// <summary>The claims of a good 0.x token.</summary>
    public static JsonObject V0Claims(string claim = "mercure") => new()
    {
        [claim] = new JsonObject { ["publish"] = new JsonArray(Topic), ["subscribe"] = new JsonArray(Topic) },
    };

    public static Task<TokenResult> Check(this TokenValidator validator, string token, TokenRole role = TokenRole.Subscribe) =>
        validator.ValidateAsync(token, role, Audience, TestContext.Current.CancellationToken).AsTask();

    /// <summary>Checks claims in a token that is otherwise good.</summary>
    public static Task<TokenResult> CheckClaims(JsonObject claims, TokenRole role = TokenRole.Subscribe, Action<TokenValidatorOptions>? configure = null) =>
        Validator(configure: configure).Check(Jws.Make(role == TokenRole.Publish ? Publisher : Subscriber, claims), role);

    public static TokenFailureKind? Kind(this TokenResult result) => result.Failure?.Kind;
}
