using System.Diagnostics.CodeAnalysis;
using System.Text;
using Siar.UrlPatterns;

namespace Siar.Topics;

/// <summary>How a <see cref="Matcher"/> reads its value.</summary>
public enum MatcherKind
{
    /// <summary>The one topic with the same text.</summary>
    Exact,

    /// <summary>A WHATWG URL Pattern, matched against the topic as a URL.</summary>
    UrlPattern,

    /// <summary>An RFC 6570 URI Template, matched as the Mercure protocol 0.x does.</summary>
    UriTemplate,

    /// <summary>Every topic (<c>*</c>).</summary>
    All,
}

/// <summary>
/// Says which topics somebody asks for or is allowed to have. Matching takes time linear in the topic's length, whatever the pattern.
/// Immutable; may be used from any thread; two matchers are equal when they are made from the same text in the same way.
/// </summary>
public abstract class Matcher : IEquatable<Matcher>
{
    /// <summary>How many UTF-8 bytes the text of a pattern may have when nothing else is said: 4096.</summary>
    public const int DefaultMaxPatternBytes = 4096;

    private protected Matcher(MatcherKind kind, string value)
    {
        Kind = kind;
        Value = value;
    }

    /// <summary>The matcher of every topic.</summary>
    public static Matcher All { get; } = new AllMatcher();

    /// <summary>How the value is read.</summary>
    public MatcherKind Kind { get; }

    /// <summary>Whether the matcher is a pattern: neither one exact topic nor every topic.</summary>
    public bool IsPattern => Kind is MatcherKind.UriTemplate or MatcherKind.UrlPattern;

    /// <summary>The text the matcher was made from.</summary>
    public string Value { get; }

    /// <summary>The URL that a URL Pattern resolves relative topics against; null when there is none, and for every other kind.</summary>
    public virtual Url? Base => null;

    /// <summary>
    /// Text that a topic begins with when a pattern means it (for a URL Pattern: that the topic's <see cref="Url.HrefWithoutCredentials"/> begins with), so
    /// that stores can look topics up by it; empty when nothing is known.
    /// </summary>
    public virtual string LiteralPrefix => "";

    /// <summary>The matcher of one topic.</summary>
    public static Matcher Exact(Topic topic) => new ExactMatcher(topic.Value);

    /// <summary>
    /// Makes a matcher from an RFC 6570 URI Template, matched as the Mercure protocol 0.x does: the whole topic, every expression may be
    /// absent, variable names and prefix lengths are not checked. The topic that equals the template's own text is meant too. The text
    /// <c>*</c> means every topic, as everywhere in the protocol.
    /// </summary>
    /// <param name="value">The template.</param>
    /// <param name="matcher">The matcher, when the text is a template.</param>
    /// <param name="error">A sentence that says what is wrong, when it is none or too long.</param>
    /// <param name="maxBytes">How many UTF-8 bytes the text may have.</param>
    public static bool TryCreateUriTemplate(
        string value, [NotNullWhen(true)] out Matcher? matcher, [NotNullWhen(false)] out string? error, int maxBytes = DefaultMaxPatternBytes)
    {
        if (TryCreateAll(value, out matcher, out error)) return true;
        error = CheckLength(value, "URI Template", maxBytes);
        if (error is not null || !UriTemplate.TryParse(value, out var template, out error)) return false;
        matcher = new UriTemplateMatcher(value, template);
        return true;
    }

    /// <summary>
    /// Makes a matcher from a WHATWG URL Pattern. A relative pattern and relative topics are resolved against the same base; a topic that is
    /// no URL is never meant. Letters count in the path, the query and the fragment, and not in the host. The text <c>*</c> means every topic.
    /// </summary>
    /// <param name="value">The pattern.</param>
    /// <param name="baseUrl">The absolute URL of the base, usually the hub's; null when only whole URLs will do.</param>
    /// <param name="matcher">The matcher, when the text is a pattern. It equals another that is made from the same text and the same base.</param>
    /// <param name="error">A sentence that says what is wrong, when it is none, too long or too costly to match.</param>
    /// <param name="maxBytes">How many UTF-8 bytes the text may have.</param>
    public static bool TryCreateUrlPattern(
        string value, string? baseUrl, [NotNullWhen(true)] out Matcher? matcher, [NotNullWhen(false)] out string? error, int maxBytes = DefaultMaxPatternBytes)
    {
        if (TryCreateAll(value, out matcher, out error)) return true;
        Url? resolvedBase = null;
        if (baseUrl is not null && !Url.TryParse(baseUrl, null, out resolvedBase))
        {
            error = $"The base '{baseUrl}' of the URL Pattern is not an absolute URL: write scheme and host, as in https://example.com/.";
            return false;
        }

        error = CheckLength(value, "URL Pattern", maxBytes);
        var options = new UrlPatternOptions { MaxBytes = maxBytes };
        if (error is not null || !UrlPattern.TryCreate(value, resolvedBase?.Href, options, out var pattern, out error)) return false;
        matcher = new UrlPatternMatcher(value, resolvedBase, pattern);
        return true;
    }

    /// <summary>
    /// Reads a topic selector as the Mercure protocol 0.x does: <c>*</c> means every topic; text with a <c>{</c> that is a URI Template
    /// means what the template matches; any other text, also a template longer than allowed, means the topic that equals it.
    /// </summary>
    /// <param name="selector">The selector. Any text is one; text that no topic can have means no topic.</param>
    /// <param name="maxBytes">How many UTF-8 bytes a template may have.</param>
    public static Matcher FromSelector(string selector, int maxBytes = DefaultMaxPatternBytes)
    {
        var mayBePattern = selector == All.Value || selector.Contains('{');
        return mayBePattern && TryCreateUriTemplate(selector, out var matcher, out _, maxBytes) ? matcher : new ExactMatcher(selector);
    }

    /// <summary>Whether the topic is one that this matcher means.</summary>
    public abstract bool Matches(Topic topic);

    /// <summary>Whether the topic is one that this matcher means, when several matchers are asked in turn.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="urls">What the matchers asked before have parsed.</param>
    internal virtual bool Matches(Topic topic, ref TopicUrls urls) => Matches(topic);

    /// <inheritdoc />
    public virtual bool Equals(Matcher? other) => other is not null && GetType() == other.GetType() && Kind == other.Kind && Value == other.Value;

    /// <inheritdoc />
    public sealed override bool Equals(object? obj) => Equals(obj as Matcher);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Kind, Value);

    /// <inheritdoc />
    public override string ToString() => $"{Kind}:{Value}";

    // The rule (Mercure 1.0): the value * means every topic, whatever the matcher's type.
    private static bool TryCreateAll(string value, [NotNullWhen(true)] out Matcher? matcher, out string? error)
    {
        matcher = value == All.Value ? All : null;
        error = null;
        return matcher is not null;
    }

    private static string? CheckLength(string value, string what, int maxBytes)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        return bytes <= maxBytes ? null : $"The {what} has {bytes} bytes and may have {maxBytes}: use a shorter one, or several.";
    }
}
