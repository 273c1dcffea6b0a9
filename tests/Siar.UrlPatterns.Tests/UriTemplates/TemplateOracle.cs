using System.Text;
using System.Text.RegularExpressions;

namespace Siar.UrlPatterns.Tests.UriTemplates;

/// <summary>The matching rule of the Mercure protocol 0.x, written down as the regular expression that it describes.</summary>
internal static class TemplateOracle
{
    private const string Unreserved = "A-Za-z0-9\\-._~";
    private const string Reserved = ":/?#\\[\\]@!$&'()*+,;=";

    /// <summary>Turns a valid template into a regular expression of the same matches.</summary>
    public static Regex Of(string template)
    {
        var pattern = new StringBuilder("\\A");
        var at = 0;
        while (at < template.Length)
        {
            var open = template.IndexOf('{', at);
            if (open < 0) open = template.Length;
            pattern.Append(Regex.Escape(template[at..open]));
            if (open == template.Length) break;
            var close = template.IndexOf('}', open);
            pattern.Append(Expression(template[(open + 1)..close]));
            at = close + 1;
        }

        return new Regex(pattern.Append("\\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromMinutes(1));
    }

    private static string Expression(string inside)
    {
        var (first, separator) = inside[0] switch
        {
            '+' => ("", ","),
            '#' => ("#", ","),
            '.' => (".", "."),
            '/' => ("/", "/"),
            ';' => (";", ";"),
            '?' => ("?", "&"),
            '&' => ("&", "&"),
            _ => ("", ","),
        };
        var variables = inside.TrimStart('+', '#', '.', '/', ';', '?', '&').Split(',');
        var named = inside[0] is ';' or '?' or '&';
        var reserved = inside[0] is '+' or '#';
        var firstExplodes = variables[0].EndsWith('*');
        var anyExplodes = variables.Any(v => v.EndsWith('*'));
        var repeat = anyExplodes ? "*" : $"{{0,{variables.Length - 1}}}";
        return $"(?:{Regex.Escape(first)}{Value(reserved, named || firstExplodes)}(?:{Regex.Escape(separator)}{Value(reserved, named || anyExplodes)}){repeat})?";
    }

    private static string Value(bool reserved, bool withEquals) =>
        $"(?:[{Unreserved}{(reserved ? Reserved : withEquals ? ",=" : ",")}]|%[0-9A-Fa-f]{{2}})*";
}
