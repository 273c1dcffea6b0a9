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

    /// <summary>The component of a URL that a pattern sees, without its delimiters; empty when it is not there.</summary>
    public static string Text(this Url url, Component component) => component switch
    {
        Component.Protocol => url.Scheme,
        Component.Username => url.Username,
        Component.Password => url.Password,
        Component.Hostname => url.Host ?? "",
        Component.Port => url.PortText,
        Component.Pathname => url.Pathname,
        Component.Search => url.Search ?? "",
        _ => url.Hash ?? "",
    };
}
