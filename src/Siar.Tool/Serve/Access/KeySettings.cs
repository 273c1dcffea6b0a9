using System.Text.Json.Nodes;
using Siar.AspNetCore;

namespace Siar.Tool;

/// <summary>The hub's own keys, by role.</summary>
internal static class KeySettings
{
    /// <summary>What is shown instead of a key.</summary>
    private const string Hidden = "(hidden)";

    public static IReadOnlyList<Setting> All { get; } = [.. Of("publisher", s => s.Tokens.Publish), .. Of("subscriber", s => s.Tokens.Subscribe)];

    /// <summary>Whether there is a key in any role, of the hub's own or of an issuer.</summary>
    public static bool HasKeys(ServeSettings settings) => IsSet(settings.Tokens.Publish) || IsSet(settings.Tokens.Subscribe)
        || settings.Tokens.TrustedIssuers.Values.Any(i => IsSet(i.Publish) || IsSet(i.Subscribe));

    /// <summary>Whether a role has a key.</summary>
    public static bool IsSet(TokenKeyOptions keys) => keys.Keys.Count > 0 || keys.Files.Count > 0 || keys.Url is not null;

    private static IEnumerable<Setting> Of(string role, Func<ServeSettings, TokenKeyOptions> keys) =>
    [
        new($"keys.{role}", (s, v) => Assign(keys(s).Keys, [ToKey(v)]), s => keys(s).Keys.Count > 0 ? (JsonNode)Hidden : null) { IsSecret = true, Reloads = true },
        new($"keys.{role}Files", (s, v) => Assign(keys(s).Files, v.Each().Select(SettingCatalogue.ExistingFile)), s => SettingCatalogue.Array(keys(s).Files)) { IsList = true, Reloads = true },
        new($"keys.{role}Url", (s, v) => keys(s).Url = v.Text, s => keys(s).Url) { Reloads = true },
        new($"keys.{role}Algorithms", (s, v) => Assign(keys(s).Algorithms, v.Texts), s => SettingCatalogue.Array(keys(s).Algorithms)) { IsList = true, Reloads = true },
    ];

    /// <summary>Puts values in a list; a later source says all of them anew.</summary>
    public static void Assign(IList<string> list, IEnumerable<string> values)
    {
        list.Clear();
        foreach (var value in values) list.Add(value);
    }

    private static string ToKey(SettingValue value) => value.Text switch
    {
        // What --print-config showed is no key: taken for one, it would be a secret that everybody knows.
        Hidden => throw value.Wrong("the key is not here, since --print-config hides it: write the key, or name its file"),
        // An environment's single line: PEM with its line ends written out.
        var text when text.StartsWith("-----BEGIN", StringComparison.Ordinal) && !text.Contains('\n') => text.Replace("\\n", "\n", StringComparison.Ordinal),
        var text => text,
    };
}
