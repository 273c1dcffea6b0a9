using System.CommandLine;

namespace Siar.Tool;

/// <summary>The flags that every command has which talks to a hub.</summary>
internal static class HubOptionsOnCommandLine
{
    public static Option<string?> Hub() => new("--hub")
    {
        HelpName = "URL",
        Description = $"The hub's address. Default: {HubAddress.UrlVariable}, or {ServeSettings.DefaultUrl}",
    };

    public static Option<string?> Token() => new("--token")
    {
        HelpName = "TOKEN",
        Description = $"The token to show the hub. Default: {HubAddress.TokenVariable}, which other users of the machine cannot see",
    };

    public static Option<string[]> Headers() => new("--header")
    {
        HelpName = "'NAME: VALUE'",
        Description = "A header of each request to the hub; may be given several times",
    };

    public static IReadOnlyList<RequestHeader> HeadersOf(ParseResult parsed, Option<string[]> option) =>
        [.. (parsed.GetValue(option) ?? []).Select(h => RequestHeader.Parse(new SettingValue(option.Name, h)))];
}
