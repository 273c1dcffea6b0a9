using System.Diagnostics.CodeAnalysis;
using System.Text;
using Siar.UrlPatterns.Patterns;
using Siar.UrlPatterns.Regexes;
using Siar.UrlPatterns.Urls;

namespace Siar.UrlPatterns;

/// <summary>How a URL Pattern is made and what it may cost.</summary>
public sealed record UrlPatternOptions
{
    /// <summary>The defaults of every option.</summary>
    public static UrlPatternOptions Default { get; } = new();

    /// <summary>Whether path, search and hash match in any case. Default: no. The host never minds case, since it is kept in lower case.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>The most bytes of UTF-8 that the pattern may have, all components together. Default: 4,096.</summary>
    public int MaxBytes { get; init; } = 4_096;

    /// <summary>
    /// The most states that the compiled pattern may have, all components together: what one character of a URL costs at worst.
    /// Default: 8,192, which every pattern within the default length has unless it repeats with counts.
    /// </summary>
    public int MaxStates { get; init; } = 8_192;
}

/// <summary>
/// A URL Pattern of the WHATWG standard (Review Draft 2025-09): <c>https://example.com/books/:id</c>, <c>*</c>, <c>{…}?</c>, <c>:id(\d+)</c>. It says whether a
/// URL matches; what the groups match is not kept. Matching takes time linear in the URL's length, whatever the pattern, and allocates nothing, so
/// strangers' patterns are safe; for that its regular expressions do without backreferences and lookaround. Immutable; may be used from any thread.
/// </summary>
public sealed class UrlPattern
{
    private readonly PatternComponent[] _components;

    private UrlPattern(UrlPatternInit processed, UrlPatternOptions options)
    {
        foreach (var component in Components.All) processed[component] ??= "*";
        if (SpecialScheme.DefaultPort(processed.Protocol!) is { } port && processed.Port == $"{port}") processed[Component.Port] = "";
        _components = Compile(processed, options);
        LiteralPrefix = PrefixOfUrl(options.IgnoreCase);
    }

    /// <summary>The pattern for the scheme, in normal form; <c>*</c> for any.</summary>
    public string Protocol => this[Component.Protocol].PatternText;

    /// <summary>The pattern for the user name, in normal form.</summary>
    public string Username => this[Component.Username].PatternText;

    /// <summary>The pattern for the password, in normal form.</summary>
    public string Password => this[Component.Password].PatternText;

    /// <summary>The pattern for the host without the port, in normal form.</summary>
    public string Hostname => this[Component.Hostname].PatternText;

    /// <summary>The pattern for the port, in normal form; empty for the scheme's default.</summary>
    public string Port => this[Component.Port].PatternText;

    /// <summary>The pattern for the path, in normal form.</summary>
    public string Pathname => this[Component.Pathname].PatternText;

    /// <summary>The pattern for the query without its question mark, in normal form.</summary>
    public string Search => this[Component.Search].PatternText;

    /// <summary>The pattern for the fragment without its hash sign, in normal form.</summary>
    public string Hash => this[Component.Hash].PatternText;

    /// <summary>
    /// The longest text that <see cref="Url.HrefWithoutCredentials"/> of every URL that matches is known to begin with; empty when the protocol is not
    /// fixed. A URL that does not begin so need not be tried, so an index can find the patterns to try by it.
    /// </summary>
    public string LiteralPrefix { get; }

    /// <summary>How many states the compiled pattern has in all: what one character of a URL costs at most.</summary>
    public int Size => _components.Sum(c => c.Size);

    internal PatternComponent this[Component component] => _components[(int)component];

    /// <summary>Makes a pattern from text that must be one, with the default options.</summary>
    /// <param name="pattern">The text: a whole URL, or one that is relative to the base.</param>
    /// <param name="baseUrl">The URL that a relative pattern is relative to; null when only a whole one will do.</param>
    /// <exception cref="FormatException">The text is no pattern, is too long or would be too costly to match; the message says which and where.</exception>
    public static UrlPattern Parse(string pattern, string? baseUrl = null) =>
        TryCreate(pattern, baseUrl, out var result, out var error) ? result : throw new FormatException(error);

    /// <summary>Makes a pattern from its text, with the default options.</summary>
    /// <inheritdoc cref="TryCreate(string, string?, UrlPatternOptions, out UrlPattern?, out string?)" />
    public static bool TryCreate(string pattern, string? baseUrl, [NotNullWhen(true)] out UrlPattern? result, [NotNullWhen(false)] out string? error) =>
        TryCreate(pattern, baseUrl, UrlPatternOptions.Default, out result, out error);

    /// <summary>Makes a pattern from its text.</summary>
    /// <param name="pattern">The text: a whole URL, or one that is relative to the base.</param>
    /// <param name="baseUrl">The URL that a relative pattern is relative to; null when only a whole one will do.</param>
    /// <param name="options">How it is made and what it may cost.</param>
    /// <param name="result">The pattern, when the text is one.</param>
    /// <param name="error">A sentence that says what is wrong, when it is not.</param>
    public static bool TryCreate(
        string pattern, string? baseUrl, UrlPatternOptions options, [NotNullWhen(true)] out UrlPattern? result, [NotNullWhen(false)] out string? error)
    {
        return TryCreate(Parse, options, out result, out error);

        UrlPatternInit Parse()
        {
            CheckLength(Encoding.UTF8.GetByteCount(pattern), options);
            var init = ConstructorStringParser.Parse(UrlText.ToScalarValues(pattern), protocol => MatchesSpecialScheme(CompileProtocol(protocol, options.MaxStates)));
            if (baseUrl is null && init.Protocol is null) throw new UrlPatternException("it names no protocol and there is no base URL to take one from");
            init.BaseUrl = baseUrl;
            return init;
        }
    }

    /// <summary>Makes a pattern from its components.</summary>
    /// <param name="init">The components; one that is not given matches anything, or is taken from <see cref="UrlPatternInit.BaseUrl"/>.</param>
    /// <param name="options">How it is made and what it may cost.</param>
    /// <param name="result">The pattern, when the components make one.</param>
    /// <param name="error">A sentence that says what is wrong, when they do not.</param>
    public static bool TryCreate(
        UrlPatternInit init, UrlPatternOptions options, [NotNullWhen(true)] out UrlPattern? result, [NotNullWhen(false)] out string? error)
    {
        return TryCreate(Parse, options, out result, out error);

        UrlPatternInit Parse()
        {
            CheckLength(Components.All.Sum(c => Encoding.UTF8.GetByteCount(init[c] ?? "")), options);
            return init.ToScalarValues();
        }
    }

    /// <summary>Whether the URL matches.</summary>
    public bool IsMatch(Url url)
    {
        // The path first: it tells most URLs of one host apart.
        return this[Component.Pathname].IsMatch(url.Pathname)
            && this[Component.Protocol].IsMatch(url.Scheme)
            && this[Component.Username].IsMatch(url.Username)
            && this[Component.Password].IsMatch(url.Password)
            && this[Component.Hostname].IsMatch(url.Host ?? "")
            && this[Component.Port].IsMatch(url.PortText)
            && this[Component.Search].IsMatch(url.Search ?? "")
            && this[Component.Hash].IsMatch(url.Hash ?? "");
    }

    /// <summary>Whether the text is a URL that matches.</summary>
    /// <param name="input">The URL, or a reference that is resolved against the base.</param>
    /// <param name="baseUrl">The absolute URL of the base; null when only a whole URL will do.</param>
    public bool IsMatch(string input, string? baseUrl = null)
    {
        Url? parsedBase = null;
        if (baseUrl is not null && !Url.TryParse(baseUrl, null, out parsedBase)) return false;
        return Url.TryParse(input, parsedBase, out var url) && IsMatch(url);
    }

    /// <summary>Whether the components match, empty where none is given; those that cannot stand in a URL do not.</summary>
    public bool IsMatch(UrlPatternInit input)
    {
        try
        {
            var processed = InitProcessor.ForMatch(input.ToScalarValues());
            return Components.All.All(c => this[c].IsMatch(processed[c]!));
        }
        catch (UrlPatternException)
        {
            return false;
        }
    }

    /// <summary>The components' patterns as one text, for people: <c>https://example.com/books/:id?*#*</c>.</summary>
    public override string ToString() => $"{Protocol}://{Hostname}{(Port.Length > 0 ? ":" : "")}{Port}{Pathname}?{Search}#{Hash}";

    private static bool TryCreate(
        Func<UrlPatternInit> parse, UrlPatternOptions options, [NotNullWhen(true)] out UrlPattern? result, [NotNullWhen(false)] out string? error)
    {
        try
        {
            result = new UrlPattern(InitProcessor.ForPattern(parse()), options);
            error = null;
            return true;
        }
        catch (UrlPatternException refusal)
        {
            result = null;
            error = $"The URL Pattern cannot be used: {refusal.Message}.";
            return false;
        }
    }

    private static void CheckLength(int bytes, UrlPatternOptions options)
    {
        if (bytes > options.MaxBytes) throw new UrlPatternException($"it is {bytes} bytes long and may be {options.MaxBytes} at most");
    }

    /// <summary>Compiles the components (standard, 1.4 create), all within one number of states.</summary>
    private static PatternComponent[] Compile(UrlPatternInit init, UrlPatternOptions options)
    {
        var statesLeft = options.MaxStates;
        var plain = ComponentOptions.Default with { IgnoreCase = options.IgnoreCase };
        var protocol = CompileProtocol(init.Protocol!, statesLeft);
        statesLeft -= protocol.Size;
        var isPath = MatchesSpecialScheme(protocol);
        return
        [
            protocol,
            Next(init.Username!, ComponentOptions.Default, Canonical.UserInfo),
            Next(init.Password!, ComponentOptions.Default, Canonical.UserInfo),
            Next(init.Hostname!, ComponentOptions.Hostname, IsIpv6(init.Hostname!) ? Canonical.Ipv6Hostname : Canonical.Hostname),
            Next(init.Port!, ComponentOptions.Default, Canonical.Port),
            isPath
                ? Next(init.Pathname!, ComponentOptions.Pathname with { IgnoreCase = options.IgnoreCase }, Canonical.Pathname)
                : Next(init.Pathname!, plain, Canonical.OpaquePathname),
            Next(init.Search!, plain, Canonical.Search),
            Next(init.Hash!, plain, Canonical.Hash),
        ];

        PatternComponent Next(string pattern, ComponentOptions componentOptions, Func<string, string> encode)
        {
            var component = PatternComponent.Compile(pattern, componentOptions, encode, statesLeft);
            statesLeft -= component.Size;
            return component;
        }
    }

    private static PatternComponent CompileProtocol(string pattern, int maxStates) =>
        PatternComponent.Compile(pattern, ComponentOptions.Default, Canonical.Protocol, maxStates);

    private static bool MatchesSpecialScheme(PatternComponent protocol) => SpecialScheme.All.Any(protocol.IsMatch);

    private static bool IsIpv6(string pattern) => pattern.Length > 1 && (pattern[0] == '[' || (pattern[0] is '{' or '\\' && pattern[1] == '['));

    /// <summary>
    /// What the URLs that match begin with. It follows the URL serializer (URL standard, 4.5) for as long as the components' text is
    /// fixed, and stops short wherever two URLs with the same components can be written in two ways.
    /// </summary>
    private string PrefixOfUrl(bool ignoreCase)
    {
        var protocol = this[Component.Protocol];
        if (!protocol.IsLiteral) return "";
        var scheme = protocol.LiteralPrefix + ":";
        var hostname = this[Component.Hostname];
        if (hostname.LiteralPrefix.Length == 0 && !SpecialScheme.Contains(protocol.LiteralPrefix))
        {
            // There may be an empty host, or none and a path in segments, or none and an opaque path: only that begins without a slash.
            var path = PrefixOfPath(ignoreCase);
            return hostname.IsLiteral && path.Length > 0 && path[0] != '/' ? scheme + path : scheme;
        }

        var authority = $"{scheme}//{hostname.LiteralPrefix}";
        if (!hostname.IsLiteral) return authority;
        var port = this[Component.Port];
        if (!port.IsLiteral) return authority;
        if (port.LiteralPrefix.Length > 0) authority += ":" + port.LiteralPrefix;
        return authority + PrefixOfPath(ignoreCase);
    }

    private string PrefixOfPath(bool ignoreCase)
    {
        var pathname = this[Component.Pathname];
        if (ignoreCase) return BeforeLetters(pathname.LiteralPrefix);
        if (!pathname.IsLiteral) return pathname.LiteralPrefix;
        var search = this[Component.Search];
        // An empty search may be written with a question mark or without.
        if (search.LiteralPrefix.Length == 0) return pathname.LiteralPrefix;
        var text = $"{pathname.LiteralPrefix}?{search.LiteralPrefix}";
        var hash = this[Component.Hash].LiteralPrefix;
        return search.IsLiteral && hash.Length > 0 ? $"{text}#{hash}" : text;
    }

    private static string BeforeLetters(string text)
    {
        var letter = text.AsSpan().IndexOfAnyInRange('A', 'z');
        return letter < 0 ? text : text[..letter];
    }
}
