using System.Diagnostics.CodeAnalysis;
using System.Text;
using Siar.Topics.UriTemplates;

namespace Siar.Topics;

/// <content>Matchers made from patterns.</content>
public abstract partial class Matcher
{
    /// <summary>How many UTF-8 bytes the text of a pattern may have when nothing else is said: 4096.</summary>
    public const int DefaultMaxPatternBytes = 4096;

    /// <summary>Whether the matcher is a pattern: neither one exact topic nor every topic.</summary>
    public bool IsPattern => Kind is MatcherKind.UriTemplate or MatcherKind.UrlPattern;

    /// <summary>
    /// Makes a matcher from an RFC 6570 URI Template, matched as the Mercure protocol 0.x does: the whole topic, every expression may be
    /// absent, variable names and prefix lengths are not checked. The topic that equals the template's own text is meant too.
    /// </summary>
    /// <param name="value">The template.</param>
    /// <param name="matcher">The matcher, when the text is a template.</param>
    /// <param name="error">A sentence that says what is wrong, when it is none or too long.</param>
    /// <param name="maxBytes">How many UTF-8 bytes the text may have.</param>
    public static bool TryCreateUriTemplate(
        string value, [NotNullWhen(true)] out Matcher? matcher, [NotNullWhen(false)] out string? error, int maxBytes = DefaultMaxPatternBytes)
    {
        matcher = null;
        error = CheckLength(value, "URI Template", maxBytes);
        if (error is not null || !UriTemplate.TryParse(value, out var template, out error)) return false;
        matcher = new UriTemplateMatcher(value, template);
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
        if (selector == All.Value) return All;
        return selector.Contains('{') && TryCreateUriTemplate(selector, out var template, out _, maxBytes) ? template : new ExactMatcher(selector);
    }

    private static string? CheckLength(string value, string what, int maxBytes)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        return bytes <= maxBytes ? null : $"The {what} has {bytes} bytes and may have {maxBytes}: use a shorter one, or several.";
    }
}
