using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Siar.Topics;

namespace Siar.Auth;

/// <summary>
/// Turns tokens into grants. No token makes it throw: a bad one is an answer. May be used from any thread; <see cref="GrantCache"/> spares the work for a
/// token that was seen before.
/// </summary>
/// <remarks>
/// The way of a token: (1) the text is read, and nothing of it believed; (2) its claims decide the dialect; (3) dialect, issuer and role choose the keys;
/// (4) one of them must have made the signature; (5) type, audience and time are checked; (6) the claims become a grant in the one role.
/// </remarks>
public sealed class TokenValidator
{
    private readonly FrozenDictionary<string, RoleKeys> _issuers;
    private readonly RoleKeys? _legacyKeys;
    private readonly string? _baseUrl;
    private readonly TokenLimits _limits;
    private readonly TimeSpan _tolerance;
    private readonly TimeProvider _time;

    /// <summary>Makes a validator; later changes of the options have no effect on it.</summary>
    /// <exception cref="ArgumentException">The base URL is none.</exception>
    public TokenValidator(TokenValidatorOptions options, TimeProvider time)
    {
        if (!Matcher.TryCreateUrlPattern("https://example.com/", options.BaseUrl, out _, out var error)) throw new ArgumentException(error);
        _issuers = options.Issuers.ToFrozenDictionary();
        _legacyKeys = options.LegacyKeys;
        _baseUrl = options.BaseUrl;
        _limits = options.Limits;
        _tolerance = options.NotBeforeTolerance;
        _time = time;
    }

    /// <summary>Whether any token at all could be good in this role: without keys the role is closed.</summary>
    public bool HasKeysFor(TokenRole role) => _legacyKeys?.Of(role) is not null || _issuers.Values.Any(keys => keys.Of(role) is not null);

    /// <summary>Checks a token.</summary>
    /// <param name="token">The compact token, as the client sent it.</param>
    /// <param name="role">What the bearer wants to do, which says whose keys count. The grant has only the matchers of this role.</param>
    /// <param name="audience">The resource identifier that a 1.0 token must name.</param>
    /// <param name="cancellationToken">Ends the wait for keys.</param>
    /// <exception cref="OperationCanceledException">The wait for keys was ended.</exception>
    public async ValueTask<TokenResult> ValidateAsync(string token, TokenRole role, string audience, CancellationToken cancellationToken = default)
    {
        if (token.Length > _limits.MaxLength) return TokenFailure.Malformed($"The token has {token.Length} characters; at most {_limits.MaxLength} are read.");
        if (!CompactToken.TryParse(token, out var parsed, out var failure)) return failure;
        using (parsed)
        {
            var dialect = DialectOf(parsed.Claims);
            TokenResult result = TryFindKeys(parsed.Claims, dialect, role, out var source, out failure)
                ? await CheckSignatureAsync(parsed, source, cancellationToken) ?? Accept(parsed, dialect, role, audience)
                : failure;
            return result.Failure is { } refused ? refused with { Dialect = dialect } : result;
        }
    }

    // The token's claim decides, and 1.0 where neither is there. Details that are all of foreign types are no claim of Mercure's.
    private static TokenDialect DialectOf(JsonElement claims) =>
        !AuthorizationDetailsReader.AppliesTo(claims) && MercureClaim.AppliesTo(claims) ? TokenDialect.V0 : TokenDialect.V1;

    private static async ValueTask<TokenFailure?> CheckSignatureAsync(CompactToken token, KeySource source, CancellationToken cancellationToken)
    {
        var keys = await source.GetAsync(cancellationToken);
        if (keys.Unavailable is null)
        {
            if (keys.Verifies(token)) return null;
            if (token.KeyId is not null && keys.Knows(token.KeyId)) return BadSignature(token);

            // Made with a key that is not among these: the issuer may have new ones.
            var newer = await source.RefreshAsync(keys, cancellationToken);
            if (newer.Unavailable is null) return newer != keys && newer.Verifies(token) ? null : BadSignature(token);
            keys = newer;
        }

        return new TokenFailure(TokenFailureKind.KeysUnavailable, keys.Unavailable!);
    }

    private static TokenFailure BadSignature(CompactToken token) =>
        TokenFailure.Untrusted($"No trusted key made the token's signature (alg {Quoted.Of(token.Algorithm)}{(token.KeyId is null ? "" : $", kid {Quoted.Of(token.KeyId)}")}).");

    private bool TryFindKeys(
        JsonElement claims, TokenDialect dialect, TokenRole role, [NotNullWhen(true)] out KeySource? source, [NotNullWhen(false)] out TokenFailure? failure)
    {
        failure = null;
        source = null;
        if (dialect == TokenDialect.V0)
        {
            source = _legacyKeys?.Of(role);
            if (source is null) failure = TokenFailure.Untrusted($"The token is one of Mercure 0.x, and the hub has no keys for those in the role {role}.");
            return source is not null;
        }

        // "Key chosen by iss, never pooled across issuers."
        if (!claims.TryGet("iss", out var iss) || !iss.TryGetText(out var issuer)) failure = TokenFailure.Untrusted("The token has no iss; it must name its issuer.");
        else if (!_issuers.TryGetValue(issuer, out var keys)) failure = TokenFailure.Untrusted($"The token's issuer {Quoted.Of(issuer)} is not trusted.");
        else if ((source = keys.Of(role)) is null) failure = TokenFailure.Untrusted($"The token's issuer {Quoted.Of(issuer)} has no keys in the role {role}.");
        return source is not null;
    }

    private TokenResult Accept(CompactToken token, TokenDialect dialect, TokenRole role, string audience)
    {
        var claims = token.Claims;
        var isV1 = dialect == TokenDialect.V1;
        if (isV1 && (TokenRules.CheckType(token.Type) ?? TokenRules.CheckAudience(claims, audience)) is { } unfit) return unfit;
        if (TokenRules.CheckLifetime(claims, mustExpire: isV1, _time.GetUtcNow(), _tolerance, out var expires) is { } untimely) return untimely;

        var understood = isV1
            ? new AuthorizationDetailsReader(_limits, _baseUrl).TryRead(claims, out var granted, out var failure)
            : MercureClaim.TryRead(claims, _limits, out granted, out failure);
        if (!understood) return failure!;

        var publishes = role == TokenRole.Publish;
        return new Grant
        {
            Dialect = dialect,
            Expires = expires,
            Subject = claims.TryGet("sub", out var subject) && subject.TryGetText(out var name) ? name : null,
            Issuer = isV1 && claims.TryGet("iss", out var iss) && iss.TryGetText(out var issuer) ? issuer : null,
            HasPublishClaim = publishes && granted!.HasPublishClaim,
            Publish = publishes ? MatcherSet.Of(granted!.Publish) : MatcherSet.None,
            Subscribe = publishes ? MatcherSet.None : MatcherSet.Of(granted!.Subscribe),
            Payloads = publishes ? [] : granted!.Payloads,
        };
    }
}
