namespace Siar.AspNetCore;

/// <summary>Reads the cookies of a request with their repeats, of which the framework keeps only the last.</summary>
internal static class RequestCookies
{
    /// <summary>The values of the cookies of a name that are not empty, in the order in which they were sent.</summary>
    public static IEnumerable<string> Of(HttpRequest request, string name)
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
