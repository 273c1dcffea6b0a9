using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Siar.UrlPatterns.UriTemplates;

namespace Siar.UrlPatterns;

/// <summary>
/// A URI Template (RFC 6570, all levels) that is matched against text. The RFC says how a template is expanded, not how it is matched; this is the rule of the
/// Mercure protocol 0.x: the whole text, every expression may be absent, values hold the characters that their operator may write, variable names and prefix
/// lengths are not checked. Matching takes time linear in the text for every part of the template, whatever both are, and allocates nothing.
/// Immutable; may be used from any thread.
/// </summary>
public sealed class UriTemplate
{
    private const int WordsOnStack = 160;

    private readonly ImmutableArray<TemplatePart> _afterPrefix;
    private readonly string _suffix;

    private UriTemplate(ImmutableArray<TemplatePart> parts)
    {
        LiteralPrefix = parts is [TemplateLiteral first, ..] ? first.Text : "";
        _afterPrefix = LiteralPrefix.Length == 0 ? parts : parts[1..];
        _suffix = _afterPrefix is [.., TemplateLiteral last] ? last.Text : "";
    }

    /// <summary>The text that every match begins with.</summary>
    public string LiteralPrefix { get; }

    /// <summary>Reads text that must be a template.</summary>
    /// <exception cref="FormatException">The text is no template; the message says why and where.</exception>
    public static UriTemplate Parse(string text) => TryParse(text, out var template, out var error) ? template : throw new FormatException(error);

    /// <summary>Reads text as a template.</summary>
    /// <param name="text">The text.</param>
    /// <param name="template">The template, when the text is one.</param>
    /// <param name="error">A sentence that says what is wrong and where, when it is not.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out UriTemplate? template, [NotNullWhen(false)] out string? error)
    {
        var parser = new UriTemplateParser(text);
        var parts = parser.Parse();
        error = parser.Error;
        template = error is null ? new UriTemplate(parts) : null;
        return error is null;
    }

    /// <summary>Whether the whole text matches. Time is linear in the text's length for every part of the template.</summary>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith(LiteralPrefix)) return false;
        text = text[LiteralPrefix.Length..];
        if (_afterPrefix.IsEmpty) return text.IsEmpty;
        return text.EndsWith(_suffix) && MatchesAfterPrefix(text);
    }

    private bool MatchesAfterPrefix(ReadOnlySpan<char> text)
    {
        var words = TopicBits.WordsFor(text.Length) * TemplateMatch.Sets;
        if (words <= WordsOnStack) return MatchesAfterPrefix(text, stackalloc ulong[words]);
        var rented = ArrayPool<ulong>.Shared.Rent(words);
        var matches = MatchesAfterPrefix(text, rented);
        ArrayPool<ulong>.Shared.Return(rented);
        return matches;
    }

    private bool MatchesAfterPrefix(ReadOnlySpan<char> text, Span<ulong> memory)
    {
        var match = new TemplateMatch(text, memory);
        foreach (var part in _afterPrefix)
        {
            if (!match.Take(part)) return false;
        }

        return match.IsAtEnd;
    }
}
