using System.Buffers;
using System.Text;

namespace Siar.UrlPatterns.Patterns;

/// <summary>Writes parts as a pattern string again, in normal form (standard, 2.3).</summary>
internal static class PatternString
{
    private static readonly SearchValues<char> Syntax = SearchValues.Create("+*?:{}()\\");

    public static string Write(IReadOnlyList<Part> parts, ComponentOptions options)
    {
        var output = new StringBuilder();
        for (var i = 0; i < parts.Count; i++)
        {
            var previous = i > 0 ? parts[i - 1] : null;
            var next = i + 1 < parts.Count ? parts[i + 1] : null;
            if (parts[i].Type == PartType.FixedText) WriteFixedText(output, parts[i]);
            else WriteGroup(output, parts[i], previous, NeedsBraces(parts[i], previous, next, options), options);
        }

        return output.ToString();
    }

    /// <summary>The text as a pattern that matches it.</summary>
    public static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAny(Syntax)) return text;
        var output = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (Syntax.Contains(c)) output.Append('\\');
            output.Append(c);
        }

        return output.ToString();
    }

    private static void WriteFixedText(StringBuilder output, Part part)
    {
        if (part.Modifier == PartModifier.None) output.Append(Escape(part.Value));
        else output.Append('{').Append(Escape(part.Value)).Append('}').Append(part.ModifierText);
    }

    private static void WriteGroup(StringBuilder output, Part part, Part? previous, bool needsBraces, ComponentOptions options)
    {
        if (needsBraces) output.Append('{');
        output.Append(Escape(part.Prefix));
        if (part.HasCustomName) output.Append(':').Append(part.Name);
        if (part.Type == PartType.Regexp) output.Append('(').Append(part.Value).Append(')');
        else if (part.Type == PartType.SegmentWildcard && !part.HasCustomName) output.Append('(').Append(options.SegmentWildcard).Append(')');
        else if (part.Type == PartType.FullWildcard) output.Append(IsPlainAsterisk(part, previous, needsBraces) ? "*" : "(.*)");
        // Keeps the name from running on into the suffix.
        if (part is { Type: PartType.SegmentWildcard, HasCustomName: true } && BeginsLikeName(part.Suffix)) output.Append('\\');
        output.Append(Escape(part.Suffix));
        if (needsBraces) output.Append('}');
        output.Append(part.ModifierText);
    }

    private static bool NeedsBraces(Part part, Part? previous, Part? next, ComponentOptions options)
    {
        if (part.Suffix.Length > 0 || (part.Prefix.Length > 0 && part.Prefix != options.Prefix)) return true;
        if (part is { HasCustomName: true, Type: PartType.SegmentWildcard, Modifier: PartModifier.None } && next is { HasAffixes: false })
        {
            // Without braces what comes next would read as part of this group.
            if (next.Type == PartType.FixedText ? BeginsLikeName(next.Value) : !next.HasCustomName) return true;
        }

        return part.Prefix.Length == 0 && options.Prefix.Length > 0
            && previous is { Type: PartType.FixedText } && previous.Value.EndsWith(options.Prefix, StringComparison.Ordinal);
    }

    /// <summary>Whether an asterisk here reads as a wildcard and not as the modifier of what is before it.</summary>
    private static bool IsPlainAsterisk(Part part, Part? previous, bool needsBraces) =>
        !part.HasCustomName
        && (previous is null or { Type: PartType.FixedText } or { Modifier: not PartModifier.None } || needsBraces || part.Prefix.Length > 0);

    private static bool BeginsLikeName(string text) => text.Length > 0 && NameCodePoint.IsPart(Rune.GetRuneAt(text, 0));
}
