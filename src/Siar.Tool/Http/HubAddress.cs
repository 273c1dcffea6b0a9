using System.Collections;

namespace Siar.Tool;

/// <summary>Where a hub is, and what it is shown.</summary>
/// <param name="Url">Its root, ending in a slash.</param>
/// <param name="Token">The bearer token; null for none.</param>
internal sealed record HubAddress(Uri Url, string? Token)
{
    public const string UrlVariable = "SIAR_HUB";
    public const string TokenVariable = "SIAR_TOKEN";

    /// <summary>The place where events are published and subscribed to.</summary>
    public Uri Events => new(Url, "events");

    /// <summary>Takes the flags, and the environment where there are none.</summary>
    /// <exception cref="SettingException">The address is not one.</exception>
    public static HubAddress Of(string? urlFlag, string? tokenFlag, IDictionary variables)
    {
        var value = urlFlag is not null ? new SettingValue("--hub", urlFlag)
            : variables[UrlVariable] is string { Length: > 0 } text ? new SettingValue(UrlVariable, text)
            : new SettingValue("default", ServeSettings.DefaultUrl);
        return new HubAddress(Parse(value), tokenFlag ?? variables[TokenVariable] as string);
    }

    /// <summary>A hub's root, ending in a slash.</summary>
    /// <exception cref="SettingException">It is none.</exception>
    public static Uri Parse(SettingValue value)
    {
        if (!Uri.TryCreate(value.Text.TrimEnd('/') + "/", UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            throw value.Wrong($"'{value.Text}' is not a hub's address: write one such as {ServeSettings.DefaultUrl}");
        if (url.Query.Length > 0 || url.Fragment.Length > 0)
            throw value.Wrong($"'{value.Text}' has more than a path: write the hub's root, such as {ServeSettings.DefaultUrl}");
        return url;
    }
}
