using System.Diagnostics.CodeAnalysis;
using System.Text;
using Siar.UrlPatterns.Patterns;
using Siar.UrlPatterns.Regexes;
using Siar.UrlPatterns.Urls;

namespace Siar.UrlPatterns;

/// <summary>
/// A URL Pattern of the WHATWG standard (Review Draft 2025-09). Matching takes time linear in the URL's length, whatever the pattern; for
/// that its regular expressions do without backreferences and lookaround. Immutable; may be used from any thread.
/// </summary>
public sealed class UrlPattern
{
    private readonly PatternComponent[] _components;

    private UrlPattern(UrlPatternInit processed, UrlPatternOptions options)
    {
        foreach (var component in Components.All) processed[component] ??= "*";
        if (SpecialScheme.DefaultPort(processed.Protocol!) is { } port && processed.Port == $"{port}") processed[Component.Port] = "";
        _components = new ComponentCompiler(options.MaxStates).Compile(processed, options.IgnoreCase);
        LiteralPrefix = UrlPrefix.Of(this, options.IgnoreCase);
    }

    /// <summary>
    /// The longest text that <see cref="Url.HrefWithoutCredentials"/> of every URL that matches is known to begin with; empty when the protocol is not
    /// fixed. A URL that does not begin so need not be tried.
    /// </summary>
    public string LiteralPrefix { get; }

    /// <summary>Whether the pattern holds a regular expression of its author's.</summary>
    internal bool HasRegexpGroups => _components.Any(c => c.HasRegexpGroups);

    /// <summary>How many states it has in all: what one character of a URL costs at most.</summary>
    public int Size => _components.Sum(c => c.Size);

    /// <summary>The pattern of one component.</summary>
    internal PatternComponent this[Component component] => _components[(int)component];

    /// <summary>Makes a pattern from its text, with the default options.</summary>
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
            var compiler = new ComponentCompiler(options.MaxStates);
            var init = ConstructorStringParser.Parse(UrlText.ToScalarValues(pattern), compiler.MatchesSpecialScheme);
            if (baseUrl is null && init.Protocol is null) throw new UrlPatternException("it names no protocol and there is no base URL to take one from");
            init.BaseUrl = baseUrl;
            return init;
        }
    }

    /// <summary>Makes a pattern from its components.</summary>
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
        foreach (var component in Components.All)
        {
            if (!this[component].Matches(url.Text(component))) return false;
        }

        return true;
    }

    /// <summary>What the groups match in the URL; null when it does not match.</summary>
    internal UrlPatternResult? Exec(Url url) => Exec(url.Text);

    /// <summary>What the groups match in the URL; null when the text is no URL or does not match.</summary>
    internal UrlPatternResult? Exec(string input, string? baseUrl = null)
    {
        Url? parsedBase = null;
        if (baseUrl is not null && !Url.TryParse(baseUrl, null, out parsedBase)) return null;
        return Url.TryParse(input, parsedBase, out var url) ? Exec(url) : null;
    }

    /// <summary>What the groups match in the components, empty where none is given; null when they cannot stand in a URL or do not match.</summary>
    internal UrlPatternResult? Exec(UrlPatternInit input)
    {
        try
        {
            var processed = InitProcessor.ForMatch(input.ToScalarValues());
            return Exec(component => processed[component]!);
        }
        catch (UrlPatternException)
        {
            return null;
        }
    }

    private UrlPatternResult? Exec(Func<Component, string> text)
    {
        var results = new List<ComponentResult>();
        foreach (var component in Components.All)
        {
            if (this[component].Exec(text(component)) is not { } result) return null;
            results.Add(result);
        }

        return new UrlPatternResult(results);
    }

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
}
