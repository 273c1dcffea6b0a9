using Siar.Topics.Urls;

namespace Siar.Topics.UrlPatterns;

/// <summary>A URL Pattern, or what to match with one, component by component; null where one is not given (standard: URLPatternInit).</summary>
internal sealed class UrlPatternInit
{
    private readonly string?[] _values = new string?[Components.All.Count];

    public string? Protocol { get => this[Component.Protocol]; init => this[Component.Protocol] = value; }

    public string? Username { get => this[Component.Username]; init => this[Component.Username] = value; }

    public string? Password { get => this[Component.Password]; init => this[Component.Password] = value; }

    public string? Hostname { get => this[Component.Hostname]; init => this[Component.Hostname] = value; }

    public string? Port { get => this[Component.Port]; init => this[Component.Port] = value; }

    public string? Pathname { get => this[Component.Pathname]; init => this[Component.Pathname] = value; }

    public string? Search { get => this[Component.Search]; init => this[Component.Search] = value; }

    public string? Hash { get => this[Component.Hash]; init => this[Component.Hash] = value; }

    /// <summary>The URL that the missing components come from.</summary>
    public string? BaseUrl { get; set; }

    public string? this[Component component]
    {
        get => _values[(int)component];
        set => _values[(int)component] = value;
    }

    /// <summary>The same, with every lone surrogate replaced.</summary>
    public UrlPatternInit ToScalarValues()
    {
        var result = new UrlPatternInit { BaseUrl = BaseUrl };
        foreach (var component in Components.All)
        {
            if (this[component] is { } value) result[component] = UrlText.ToScalarValues(value);
        }

        return result;
    }

    /// <summary>Whether none of the components is given.</summary>
    public bool HasNone(params ReadOnlySpan<Component> components)
    {
        foreach (var component in components)
        {
            if (this[component] is not null) return false;
        }

        return true;
    }
}
