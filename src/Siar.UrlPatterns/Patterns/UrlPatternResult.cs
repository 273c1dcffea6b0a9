namespace Siar.UrlPatterns.Patterns;

/// <summary>What a URL Pattern found in one component.</summary>
/// <param name="Input">The component's text.</param>
/// <param name="Groups">By name what each group matched; null when it took no part.</param>
internal sealed record ComponentResult(string Input, IReadOnlyDictionary<string, string?> Groups);

/// <summary>What a URL Pattern found in a URL.</summary>
internal sealed class UrlPatternResult(IReadOnlyList<ComponentResult> components)
{
    public ComponentResult this[Component component] => components[(int)component];
}
