namespace Siar.AspNetCore;

/// <summary>Finds the token in a request: the header wins, then the query (0.x only), then the cookies.</summary>
internal static class TokenReader
{
    private const string Scheme = "Bearer";

    // [Mercure] What is shorter cannot be a token: the least header, payload and signature.
    private const int MinLength = 41;

    /// <summary>Finds it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="options">Which cookies, and whether the query.</param>
    /// <param name="dialect">The request's own dialect.</param>
    /// <param name="isMalformed">Whether the header field Authorization is there and cannot be read.</param>
    public static PresentedToken? Read(HttpRequest request, TokenOptions options, RequestDialect dialect, out bool isMalformed)
    {
        isMalformed = false;
        var header = request.Headers.Authorization;
        if (header.Count > 0)
        {
            isMalformed = header.Count > 1 || !TryReadBearer(header[0], out _);
            return isMalformed ? null : new PresentedToken(BearerOf(header[0]!), TokenPlace.Header);
        }

        if (dialect is not RequestDialect.V1 && options.AcceptQueryTokens && QueryToken.Of(request) is { } inQuery) return new(inQuery, TokenPlace.Query);
        if (dialect is RequestDialect.V0 && CookieOf(request, options.LegacyCookieName) is { } first) return new(first, TokenPlace.LegacyCookie);
        if (CookieOf(request, options.CookieName) is { } cookie) return new(cookie, TokenPlace.Cookie);
        return dialect is RequestDialect.Open && CookieOf(request, options.LegacyCookieName) is { } last ? new(last, TokenPlace.LegacyCookie) : null;
    }

    /// <summary>The bearer token in the header field Authorization; null where there is none that can be read.</summary>
    public static string? BearerIn(HttpRequest request) =>
        request.Headers.Authorization is [var value] && TryReadBearer(value, out var token) ? token : null;

    // RFC 9110, 11.1: the scheme has no case. RFC 6750, 2.1: one space, then the token.
    private static bool TryReadBearer(string? value, out string token)
    {
        token = "";
        if (value is null || value.Length < Scheme.Length + 1 + MinLength) return false;
        if (!value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || value[Scheme.Length] != ' ') return false;
        token = BearerOf(value);
        return !token.AsSpan().ContainsAny(' ', '\t', ',');
    }

    private static string BearerOf(string value) => value[(Scheme.Length + 1)..].Trim();

    private static string? CookieOf(HttpRequest request, string name) => request.Cookies[name] is { Length: > 0 } value ? value : null;
}
