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
}
