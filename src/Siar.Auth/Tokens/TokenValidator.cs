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
            if (!TryFindKeys(parsed.Claims, dialect, role, out var source, out failure)) return failure with { Dialect = dialect };
            var (key, unsigned) = await FindKeyAsync(parsed, source, cancellationToken);
            var result = key is null ? unsigned! : Accept(parsed, dialect, role, audience, key);
            return result.Failure is { } refused ? refused with { Dialect = dialect } : result;
        }
    }

    // The token's claim decides, and 1.0 where neither is there. Details that are all of foreign types are no claim of Mercure's.
    private static TokenDialect DialectOf(JsonElement claims) =>
        !AuthorizationDetailsReader.AppliesTo(claims) && MercureClaim.AppliesTo(claims) ? TokenDialect.V0 : TokenDialect.V1;

    /// <summary>
    /// Whether a token that was let in before, perhaps by another validator, would be let in by the keys of this one; its time does not matter. Where keys are
    /// published at an address and could not be had yet, it is: nothing is known against it. Does not wait.
    /// </summary>
    public bool Trusts(TokenAdmission admission)
    {
        var keys = admission.Dialect == TokenDialect.V0 ? _legacyKeys : admission.Issuer is { } issuer ? _issuers.GetValueOrDefault(issuer) : null;
        return keys?.Of(admission.Role) is { } source && (source.Known is not { } known || known.Admits(admission));
    }

    /// <summary>Fetches all keys again that are published at an address and were needed before. Where that fails, those that are known go on serving.</summary>
    /// <exception cref="OperationCanceledException">The wait was ended; the keys may come all the same.</exception>
    public Task RenewKeysAsync(CancellationToken cancellationToken = default)
    {
        var all = _issuers.Values.Append(_legacyKeys).SelectMany(keys => new[] { keys?.Publish, keys?.Subscribe }).OfType<KeySource>().Distinct();
        return Task.WhenAll(all.Select(source => source.RenewAsync(cancellationToken).AsTask()));
    }

    private static async ValueTask<(VerificationKey? Key, TokenFailure? Failure)> FindKeyAsync(CompactToken token, KeySource source, CancellationToken cancellationToken)
    {
        var keys = await source.GetAsync(cancellationToken);
        if (keys.Unavailable is null)
        {
            if (keys.Find(token) is { } key) return (key, null);
            if (token.KeyId is not null && keys.Knows(token.KeyId)) return (null, BadSignature(token));

            // Made with a key that is not among these: the issuer may have new ones.
            var newer = await source.RefreshAsync(keys, cancellationToken);
            if (newer.Unavailable is null) return newer != keys && newer.Find(token) is { } found ? (found, null) : (null, BadSignature(token));
            keys = newer;
        }

        return (null, new TokenFailure(TokenFailureKind.KeysUnavailable, keys.Unavailable!));
    }

    private static TokenFailure BadSignature(CompactToken token) =>
        TokenFailure.Untrusted($"No trusted key made the token's signature (alg {QuotedText.Of(token.Algorithm)}{(token.KeyId is null ? "" : $", kid {QuotedText.Of(token.KeyId)}")}).");

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
        else if (!_issuers.TryGetValue(issuer, out var keys)) failure = TokenFailure.Untrusted($"The token's issuer {QuotedText.Of(issuer)} is not trusted.");
        else if ((source = keys.Of(role)) is null) failure = TokenFailure.Untrusted($"The token's issuer {QuotedText.Of(issuer)} has no keys in the role {role}.");
        return source is not null;
    }

    private TokenResult Accept(CompactToken token, TokenDialect dialect, TokenRole role, string audience, VerificationKey key)
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
        var namedBy = isV1 && claims.TryGet("iss", out var iss) && iss.TryGetText(out var issuer) ? issuer : null;
        return new Grant
        {
            Dialect = dialect,
            Admission = new TokenAdmission(dialect, role, namedBy, key, token.Algorithm),
            Expires = expires,
            Subject = claims.TryGet("sub", out var subject) && subject.TryGetText(out var name) ? name : null,
            Issuer = namedBy,
            TokenId = claims.TryGet("jti", out var jti) && jti.TryGetText(out var id) ? id : null,
            Claims = TokenClaim.ReadAll(claims),
            HasPublishClaim = publishes && granted!.HasPublishClaim,
            Publish = publishes ? MatcherSet.Of(granted!.Publish) : MatcherSet.None,
            Subscribe = publishes ? MatcherSet.None : MatcherSet.Of(granted!.Subscribe),
            Payloads = publishes ? [] : granted!.Payloads,
        };
    }
}
