using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Siar.Auth;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// Tokens to try a hub in development mode with. They are signed with a key that the hub makes up at its start and tells nobody, so they
/// count here, until the hub stops, and nowhere else. Every other token is left unread, as development mode has it.
/// </summary>
internal sealed class DevelopmentTokens(HubUrl url, TimeProvider time)
{
    /// <summary>How long they are good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const string Issuer = "urn:siar:development";
    private const int KeyLength = 32;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(KeyLength);

    /// <summary>Makes a token.</summary>
    public string Mint(MatcherSet publish, MatcherSet subscribe) => new TokenMinter(SigningKey.FromSecret(_secret), time).Mint(new TokenRequest
    {
        Publish = publish, Subscribe = subscribe, Lifetime = Lifetime, Issuer = Issuer, Audience = url.Resource, Subject = "try-it",
    });

    /// <summary>Decides by the token; null where the request shows none of these.</summary>
    public async ValueTask<TokenDecision?> FindAsync(HttpContext context, TokenRole role)
    {
        if (TokenReader.BearerIn(context.Request) is not { } token || !IsOurs(token)) return null;
        var validator = new TokenValidatorOptions { BaseUrl = url.Resource };
        validator.Issuers[Issuer] = RoleKeys.Both(KeySource.Of(VerificationKey.FromSecret(_secret)));
        var result = await new TokenValidator(validator, time).ValidateAsync(token, role, url.Resource, context.RequestAborted);
        return result.Grant is { } grant ? TokenDecision.Of(grant, token, grant.Expires) : TokenDecision.Of(NotValid);
    }

    private static readonly Refusal NotValid = new(StatusCodes.Status401Unauthorized, RefusalReason.Unauthenticated,
        $"The token is not good any more: those that development mode makes are good for {Lifetime.TotalMinutes} minutes, until the hub stops.")
    {
        BearerError = "invalid_token",
    };

    /// <summary>Whether a token says that it is one of these, of this hub or of one that ran before; not whether that is true.</summary>
    private static bool IsOurs(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || !Base64Url.IsValid(parts[1])) return false;
        try
        {
            return JsonElement.Parse(Base64Url.DecodeFromChars(parts[1])) is { ValueKind: JsonValueKind.Object } claims
                && claims.TryGetProperty("iss", out var issuer) && issuer.ValueKind is JsonValueKind.String && issuer.GetString() == Issuer;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
