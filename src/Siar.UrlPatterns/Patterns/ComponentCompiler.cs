using Siar.UrlPatterns.Urls;

namespace Siar.UrlPatterns.Patterns;

/// <summary>Compiles the components of a pattern (standard, 1.4 create), all within one number of states.</summary>
internal sealed class ComponentCompiler(int maxStates)
{
    private int _statesUsed;

    /// <summary>Whether a pattern for the protocol matches a special scheme.</summary>
    public bool MatchesSpecialScheme(string pattern) =>
        IsSpecial(PatternComponent.Compile(pattern, ComponentOptions.Default, Canonical.Protocol, maxStates));

    public PatternComponent[] Compile(UrlPatternInit init, bool ignoreCase)
    {
        var protocol = Compile(init.Protocol!, ComponentOptions.Default, Canonical.Protocol);
        var plain = ComponentOptions.Default with { IgnoreCase = ignoreCase };
        return
        [
            protocol,
            Compile(init.Username!, ComponentOptions.Default, Canonical.UserInfo),
            Compile(init.Password!, ComponentOptions.Default, Canonical.UserInfo),
            Compile(init.Hostname!, ComponentOptions.Hostname, IsIpv6(init.Hostname!) ? Canonical.Ipv6Hostname : Canonical.Hostname),
            Compile(init.Port!, ComponentOptions.Default, Canonical.Port),
            IsSpecial(protocol)
                ? Compile(init.Pathname!, ComponentOptions.Pathname with { IgnoreCase = ignoreCase }, Canonical.Pathname)
                : Compile(init.Pathname!, plain, Canonical.OpaquePathname),
            Compile(init.Search!, plain, Canonical.Search),
            Compile(init.Hash!, plain, Canonical.Hash),
        ];
    }

    private PatternComponent Compile(string pattern, ComponentOptions options, Func<string, string> encode)
    {
        var component = PatternComponent.Compile(pattern, options, encode, maxStates - _statesUsed);
        _statesUsed += component.Size;
        return component;
    }

    private static bool IsSpecial(PatternComponent protocol) => SpecialScheme.All.Any(protocol.Matches);

    private static bool IsIpv6(string pattern) => pattern.Length > 1 && (pattern[0] == '[' || (pattern[0] is '{' or '\\' && pattern[1] == '['));
}
