namespace Siar.UrlPatterns.Patterns;

/// <summary>The parts of a URL that a URL Pattern has a pattern for.</summary>
internal enum Component
{
    Protocol,
    Username,
    Password,
    Hostname,
    Port,
    Pathname,
    Search,
    Hash,
}

/// <summary>All the components.</summary>
internal static class Components
{
    public static IReadOnlyList<Component> All { get; } = Enum.GetValues<Component>();
}
