using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>Says what the token in a request allows. A stream's is never read again.</summary>
internal sealed class TokenAccess(TokenAuthority authority, HubUrl url)
{
    private static readonly Refusal Malformed = Refusal.InvalidCredentials(
        RefusalReason.Invalid, "The header field Authorization cannot be read: send it once, with one token, as 'Authorization: Bearer TOKEN'.");

    private static readonly Refusal WrongOrigin = Refusal.InvalidCredentials(RefusalReason.Origin,
        "A token in a cookie publishes only from pages of the hub's own origin, or of one that is allowed to; the request's Origin (or Referer) is missing or another one.");

    private static readonly Refusal KeysUnavailable = new(
        StatusCodes.Status503ServiceUnavailable, RefusalReason.Unauthenticated, "The keys to check the token with cannot be had at the moment: come back soon.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    /// <summary>Whether which token counts may depend on the dialect: that in the header is the first in every one.</summary>
    public bool MayDependOnDialect(HttpRequest request) =>
        TokenReader.BearerIn(request) is null
        && (QueryToken.Of(request) is not null || request.Cookies.ContainsKey(authority.Options.CookieName) || request.Cookies.ContainsKey(authority.Options.LegacyCookieName));

    /// <summary>Decides by the token; null where the request has none that counts.</summary>
    /// <param name="context">The request.</param>
    /// <param name="role">What the caller wants to do.</param>
    /// <param name="dialect">What the request's own shape says.</param>
    /// <param name="hasOthers">Whether somebody else can be asked about credentials that are no bearer token.</param>
    /// <param name="isLogged">Whether the log is told why a token does not count.</param>
    public async ValueTask<TokenDecision?> FindAsync(HttpContext context, TokenRole role, RequestDialect dialect, bool hasOthers, bool isLogged = true)
    {
        var request = context.Request;
        if (TokenReader.Read(request, authority.Options, dialect, out var isMalformed) is not { } presented)
            return isMalformed && !hasOthers ? TokenDecision.Of(Malformed) : (TokenDecision?)null;
        var (token, result) = await authority.ValidateAsync(presented, role, isLogged, context.RequestAborted);
        // There is no such place in 1.0: what stands there is not looked at.
        if (presented.IsLegacyOnly && result.Dialect is TokenDialect.V1) return null;
        if (presented.IsAmbient && !IsSafe(request.Method) && !IsFromAllowedPage(request))
            return TokenDecision.Of(WrongOrigin, result.Dialect);
        if (result.Grant is { } grant) return TokenDecision.Of(grant, token, authority.EndOf(grant));
        return TokenDecision.Of(result.Failure!.Kind is TokenFailureKind.KeysUnavailable ? KeysUnavailable : Refusal.InvalidToken, result.Dialect);
    }

    /// <summary>Whether a token could count in a role at all.</summary>
    public bool IsOpen(TokenRole role) => authority.IsOpen(role);

    /// <summary>Whether a method only reads (RFC 9110, 9.2.1); QUERY does too.</summary>
    public static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || method == "QUERY";

    // [Mercure] SHOULD compare Origin, or else Referer, with the target or an allow-list, and reject where both are missing.
    private bool IsFromAllowedPage(HttpRequest request)
    {
        if (request.Headers.Origin.Count > 0)
            return RequestOrigin.IsAbsentOrSame(request) || IsAllowed(request.Headers.Origin.ToString());
        return Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out var referer)
            && (RequestOrigin.IsTarget(referer, request) || IsAllowed(referer.GetLeftPart(UriPartial.Authority)));
    }

    private bool IsAllowed(string origin) => origin == url.Origin || authority.PublishOrigins.Allows(origin);
}
