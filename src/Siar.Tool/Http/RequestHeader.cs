namespace Siar.Tool;

/// <summary>A header that a person adds to each request.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
internal sealed record RequestHeader(string Name, string Value)
{
    /// <summary>Reads it as it stands in a request: a name, a colon, a value.</summary>
    /// <exception cref="SettingException">It is none.</exception>
    public static RequestHeader Parse(SettingValue value)
    {
        var colon = value.Text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? "" : value.Text[..colon];
        using var probe = new HttpRequestMessage();
        // The HTTP client knows what a name may hold; headers of a body have their place in the body.
        if (name.Length == 0 || !probe.Headers.TryAddWithoutValidation(name, value.Text[(colon + 1)..].Trim()))
            throw value.Wrong($"'{value.Text}' is not a header of a request: write one such as 'X-Tenant: 7'");
        return new RequestHeader(name, value.Text[(colon + 1)..].Trim());
    }
}
