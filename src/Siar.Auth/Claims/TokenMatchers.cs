using System.Diagnostics.CodeAnalysis;
using System.Text;
using Siar.Topics;

namespace Siar.Auth;

/// <summary>Reads the matchers of 1.0 tokens.</summary>
internal static class TokenMatchers
{
    /// <summary>The longest matcher text, in bytes of UTF-8.</summary>
    public const int MaxBytes = 4096;

    private const string Wildcard = "*";

    /// <summary>Reads a 1.0 matcher.</summary>
    public static bool TryRead(string match, string matchType, string? baseUrl, [NotNullWhen(true)] out Matcher? matcher, [NotNullWhen(false)] out string? error)
    {
        matcher = null;
        error = match.Length == 0 ? "is empty"
            : Encoding.UTF8.GetByteCount(match) > MaxBytes ? $"is longer than {MaxBytes} bytes"
            : ProtocolString.Check(match);
        if (error is not null) return false;

        switch (matchType)
        {
            // `*` matches every topic, whatever the type.
            case "exact" or "urlpattern" when match == Wildcard:
                matcher = Matcher.All;
                return true;
            case "exact" when Topic.TryCreate(match, out var topic, out _):
                matcher = Matcher.Exact(topic);
                return true;
            case "exact":
                error = "cannot be a topic";
                return false;
            case "urlpattern" when Matcher.TryCreateUrlPattern(match, baseUrl, out matcher, out error):
                return true;
            case "urlpattern":
                error = $"is no URL Pattern: {error?.TrimEnd('.')}";
                return false;
            default:
                error = $"has the match_type {Quoted.Of(matchType)}, which is neither exact nor urlpattern";
                return false;
        }
    }
}
