using Siar.UrlPatterns.Patterns;
using Siar.UrlPatterns.Urls;

namespace Siar.UrlPatterns;

/// <summary>A URL Pattern, or what to match with one, component by component; null where one is not given (standard: URLPatternInit).</summary>
public sealed class UrlPatternInit
{
    private readonly string?[] _values = new string?[Components.All.Count];

    /// <summary>The scheme.</summary>
    public string? Protocol { get => this[Component.Protocol]; init => this[Component.Protocol] = value; }

    /// <summary>The user name.</summary>
    public string? Username { get => this[Component.Username]; init => this[Component.Username] = value; }

    /// <summary>The password.</summary>
    public string? Password { get => this[Component.Password]; init => this[Component.Password] = value; }

    /// <summary>The host without the port.</summary>
    public string? Hostname { get => this[Component.Hostname]; init => this[Component.Hostname] = value; }

    /// <summary>The port.</summary>
    public string? Port { get => this[Component.Port]; init => this[Component.Port] = value; }

    /// <summary>The path.</summary>
    public string? Pathname { get => this[Component.Pathname]; init => this[Component.Pathname] = value; }

    /// <summary>The query.</summary>
    public string? Search { get => this[Component.Search]; init => this[Component.Search] = value; }

    /// <summary>The fragment.</summary>
    public string? Hash { get => this[Component.Hash]; init => this[Component.Hash] = value; }

    /// <summary>The URL that the missing components come from.</summary>
    public string? BaseUrl { get; set; }

    internal string? this[Component component]
    {
        get => _values[(int)component];
        set => _values[(int)component] = value;
    }

    /// <summary>The same, with every lone surrogate replaced.</summary>
    internal UrlPatternInit ToScalarValues()
    {
        var result = new UrlPatternInit { BaseUrl = BaseUrl };
        foreach (var component in Components.All)
        {
            if (this[component] is { } value) result[component] = UrlText.ToScalarValues(value);
        }

        return result;
    }

    /// <summary>Whether none of the components is given.</summary>
    internal bool HasNone(params ReadOnlySpan<Component> components)
    {
        foreach (var component in components)
        {
            if (this[component] is not null) return false;
        }

        return true;
    }
}
