using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Siar.UrlPatterns.Urls;

namespace Siar.UrlPatterns;

/// <summary>
/// A URL as the WHATWG URL standard (Review Draft 2025-08) parses it: every component is normalised ASCII text. Immutable; may be
/// used from any thread; two URLs are equal when their <see cref="Href"/> is.
/// </summary>
public sealed class Url : IEquatable<Url>
{
    private readonly string? _credentiallessHref;

    internal Url(UrlParser parts)
    {
        Scheme = parts.Scheme;
        Username = parts.Username;
        Password = parts.Password;
        Host = parts.Host;
        Port = parts.Port;
        Pathname = parts.Path;
        HasOpaquePath = parts.HasOpaquePath;
        Search = parts.Query;
        Hash = parts.Fragment;
        Href = Serialize(withCredentials: true);
        if (Host is not null && HasCredentials) _credentiallessHref = Serialize(withCredentials: false);
    }

    /// <summary>The scheme in lower case, without its colon: <c>https</c>.</summary>
    public string Scheme { get; }

    /// <summary>The percent-encoded user name; empty when there is none.</summary>
    public string Username { get; }

    /// <summary>The percent-encoded password; empty when there is none.</summary>
    public string Password { get; }

    /// <summary>The host without the port, IPv6 addresses in brackets; null when the URL has no host (<c>urn:x</c>), which may also be empty (<c>file:///x</c>).</summary>
    public string? Host { get; }

    /// <summary>The port, 0 to 65535; null when none is written or it is the scheme's default.</summary>
    public int? Port { get; }

    /// <summary>The path: begins with a slash, or is empty, or, with an opaque path, is any text (<c>isbn:1</c> in <c>urn:isbn:1</c>).</summary>
    public string Pathname { get; }

    /// <summary>Whether the path is opaque: not a list of segments, as in <c>urn:</c> and <c>mailto:</c>. Nothing but a fragment resolves against such a URL.</summary>
    public bool HasOpaquePath { get; }

    /// <summary>The query without its question mark; null when there is none.</summary>
    public string? Search { get; }

    /// <summary>The fragment without its hash sign; null when there is none.</summary>
    public string? Hash { get; }

    /// <summary>The whole URL. Parsing it gives an equal URL.</summary>
    public string Href { get; }

    /// <summary>
    /// The whole URL without user name and password: what the literal prefix of a URL Pattern is a prefix of, since a URL
    /// Pattern that does not name credentials matches any.
    /// </summary>
    public string HrefWithoutCredentials => _credentiallessHref ?? Href;

    /// <summary>The port as it is written; empty when there is none.</summary>
    internal string PortText => Port?.ToString(CultureInfo.InvariantCulture) ?? "";

    private bool HasCredentials => Username.Length > 0 || Password.Length > 0;

    /// <summary>Parses a URL, or a reference that is resolved against a base.</summary>
    /// <param name="input">The text. Any text is safe to give; the time is linear in its length.</param>
    /// <param name="baseUrl">What a relative reference is relative to; null when only an absolute URL will do.</param>
    /// <param name="url">The URL, when the text is one.</param>
    public static bool TryParse(string input, Url? baseUrl, [NotNullWhen(true)] out Url? url)
    {
        var parser = new UrlParser(input, baseUrl);
        url = parser.Run() ? new Url(parser) : null;
        return url is not null;
    }

    /// <summary>Parses an absolute URL that must be valid.</summary>
    /// <exception cref="FormatException">The text is not an absolute URL.</exception>
    public static Url Parse(string input) =>
        TryParse(input, null, out var url) ? url : throw new FormatException($"'{input}' is not an absolute URL: write scheme and host, as in https://example.com/.");

    /// <inheritdoc />
    public bool Equals(Url? other) => other is not null && Href == other.Href;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Url);

    /// <inheritdoc />
    public override int GetHashCode() => Href.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => Href;

    // URL standard, 4.5 URL serializing.
    private string Serialize(bool withCredentials)
    {
        var output = new StringBuilder(Scheme).Append(':');
        if (Host is not null)
        {
            output.Append("//");
            if (withCredentials && HasCredentials)
            {
                output.Append(Username);
                if (Password.Length > 0) output.Append(':').Append(Password);
                output.Append('@');
            }

            output.Append(Host);
            if (Port is not null) output.Append(':').Append(PortText);
        }
        else if (!HasOpaquePath && Pathname.StartsWith("//", StringComparison.Ordinal))
        {
            // Keeps web+demo:/.//x from reading as a host when it is parsed again.
            output.Append("/.");
        }

        output.Append(Pathname);
        if (Search is not null) output.Append('?').Append(Search);
        if (Hash is not null) output.Append('#').Append(Hash);
        return output.ToString();
    }
}
