namespace Siar.AspNetCore;

/// <summary>Finds the token in a request: a bearer token in the header wins, then the query (0.x only), then the cookies.</summary>
internal static class TokenReader
{
    private const string Scheme = "Bearer";

    // Each is checked, and whoever asks has paid for nothing yet.
    private const int MostOthers = 7;

    /// <summary>Finds it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="options">Which cookies, and whether the query.</param>
    /// <param name="dialect">The request's own dialect.</param>
    /// <param name="isMalformed">Whether the header field Authorization has the scheme Bearer and cannot be read.</param>
    public static PresentedToken? Read(HttpRequest request, TokenOptions options, RequestDialect dialect, out bool isMalformed)
    {
        if (BearerOf(request, out isMalformed) is { } inHeader) return new PresentedToken(inHeader, TokenPlace.Header);
        if (isMalformed) return null;
        if (dialect is not RequestDialect.V1 && options.AcceptQueryTokens && QueryToken.Of(request) is { } inQuery) return new(inQuery, TokenPlace.Query);
        if (dialect is RequestDialect.V0 && CookieOf(request, options.LegacyCookieName, TokenPlace.LegacyCookie) is { } first) return first;
        if (CookieOf(request, options.CookieName, TokenPlace.Cookie) is { } cookie) return cookie;
        return dialect is RequestDialect.Open ? CookieOf(request, options.LegacyCookieName, TokenPlace.LegacyCookie) : null;
    }

    /// <summary>The bearer token in the header field Authorization; null where there is none that can be read.</summary>
    public static string? BearerIn(HttpRequest request) => BearerOf(request, out _);

    /// <summary>
    /// Credentials of another scheme are for somebody else on the way, such as a proxy that asks for a password (RFC 9110, 11.6.2), and are passed over.
    /// </summary>
    private static string? BearerOf(HttpRequest request, out bool isMalformed)
    {
        isMalformed = false;
        var header = request.Headers.Authorization;
        var isOurs = false;
        foreach (var value in header) isOurs |= IsBearer(value);
        if (!isOurs) return null;
        isMalformed = header.Count > 1 || !TryReadBearer(header[0]!, out _);
        return isMalformed ? null : TokenIn(header[0]!);
    }

    // RFC 9110, 11.1: the scheme has no case, and ends with the first space, or with the field.
    private static bool IsBearer(string? value) =>
        value is not null && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && (value.Length == Scheme.Length || value[Scheme.Length] is ' ' or '\t' or ',');

    // RFC 6750, 2.1: one space, then the token. Whether what stands there is one of ours is found out when it is checked.
    private static bool TryReadBearer(string value, out string token)
    {
        token = "";
        if (value.Length <= Scheme.Length || value[Scheme.Length] != ' ') return false;
        token = TokenIn(value);
        return token.Length > 0 && !token.AsSpan().ContainsAny(' ', '\t', ',');
    }

    private static string TokenIn(string value) => value[(Scheme.Length + 1)..].Trim();

    // RFC 6265, 5.4: browsers send cookies of longer paths first; a server should not rely on more, so that none is chosen before it was read.
    private static PresentedToken? CookieOf(HttpRequest request, string name, TokenPlace place)
    {
        string? first = null;
        List<string>? others = null;
        foreach (var value in CookiesOf(request, name))
        {
            if (first is null) first = value;
            else if (value != first && (others ??= []).Count < MostOthers) others.Add(value);
        }

        return first is null ? null : new PresentedToken(first, place) { Others = others };
    }

    /// <summary>The values of the cookies of a name that are not empty, in the order in which they were sent: of repeats the framework keeps only the last.</summary>
    private static IEnumerable<string> CookiesOf(HttpRequest request, string name)
    {
        foreach (var header in request.Headers.Cookie)
        {
            // RFC 6265, 4.2.1: pairs with "; " between them. A pair that cannot be one hides no other.
            foreach (var pair in (header ?? "").Split(';'))
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals < 0 || !pair.AsSpan(0, equals).Trim().SequenceEqual(name)) continue;
                var value = Uri.UnescapeDataString(pair[(equals + 1)..].Trim());
                if (value.Length > 0) yield return value;
            }
        }
    }
}
