namespace Siar.AspNetCore;

/// <summary>
/// Origins that are allowed something: written out, with one <c>*</c> for what stands before a domain, or <c>*</c> for all. Compared as
/// browsers write them: lower case, without the scheme's own port.
/// </summary>
internal sealed class OriginList(IEnumerable<string> origins)
{
    public const string Any = "*";

    private readonly string[] _origins = [.. origins.Select(o => o == Any || o.Contains('*') ? o.ToLowerInvariant() : Canonical(o) ?? o)];

    public bool IsAny => _origins.Contains(Any);

    public bool IsEmpty => _origins.Length == 0;

    /// <summary>What is wrong with an entry, as a sentence; null when nothing is.</summary>
    public static string? Check(string name, string origin)
    {
        if (origin == Any) return null;
        var stars = origin.AsSpan().Count('*');
        var isWildcard = stars == 1 && origin.Contains("://*.", StringComparison.Ordinal);
        return (stars == 0 || isWildcard) && Canonical(origin.Replace("*.", "a.")) is not null
            ? null
            : $"{name} has '{origin}', which is no origin: write scheme, host and port as in https://app.example.com or https://*.example.com, and nothing after it.";
    }

    /// <summary>Whether every page that an entry means is on this machine.</summary>
    public static bool IsLoopback(string origin) =>
        Uri.TryCreate(origin.Replace("*.", "a."), UriKind.Absolute, out var url) && LoopbackHost.IsLoopback(url.Host);

    public bool Allows(string? origin)
    {
        if (origin is null || Canonical(origin) is not { } from) return false;
        return Array.Exists(_origins, allowed => allowed == Any || allowed == from || IsBelow(from, allowed));
    }

    /// <summary>The origin as browsers write it; null for text that is none, <c>null</c> included.</summary>
    private static string? Canonical(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var url) && url.Host.Length > 0 && url.PathAndQuery == "/" && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            && !origin.EndsWith('/')
            ? url.GetLeftPart(UriPartial.Authority).ToLowerInvariant()
            : null;

    private static bool IsBelow(string origin, string allowed)
    {
        var star = allowed.IndexOf('*');
        return star >= 0 && origin.Length > allowed.Length - 1
            && origin.AsSpan().StartsWith(allowed.AsSpan(0, star)) && origin.AsSpan().EndsWith(allowed.AsSpan(star + 1))
            && !origin.AsSpan(star, origin.Length - allowed.Length + 1).ContainsAny("/@:");
    }
}
