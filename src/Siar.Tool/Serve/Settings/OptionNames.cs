namespace Siar.Tool;

/// <summary>The options classes speak of their own members; whoever starts a hub knows them as settings.</summary>
internal static class OptionNames
{
    private static readonly (string Option, string Setting)[] Names =
    [
        ("Tokens.PublishOrigins", "publishOrigins"), ("Tokens.Publish", "keys.publisher"), ("Tokens.Subscribe", "keys.subscriber"), ("Tokens.TrustedIssuers", "trustedIssuers"),
        ("AllowedOrigins has", "corsOrigins has"), ("AllowedHeaders has", "corsHeaders has"), ("Resource is", "resource is"),
    ];

    /// <summary>A sentence about options as one about settings.</summary>
    public static string AsSettings(string sentence) =>
        Names.Aggregate(sentence, (s, name) => s.StartsWith(name.Option, StringComparison.Ordinal) ? name.Setting + s[name.Option.Length..] : s);
}
