namespace Siar.UrlPatterns.Patterns;

/// <summary>The text that a URL Pattern sees of each component.</summary>
internal static class UrlComponents
{
    /// <summary>The component's text, without its delimiters; empty when it is not there.</summary>
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
