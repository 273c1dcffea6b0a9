using System.Collections;

namespace Siar.Tool;

/// <summary>Reads settings from environment variables. A list is written with commas or spaces.</summary>
internal static class SettingsEnvironment
{
    private const string Prefix = "SIAR_";

    /// <summary>What may stand between the items of a list.</summary>
    public static readonly char[] Separators = [',', ';', ' '];

    /// <summary>Variables of ours that other parts read.</summary>
    private static readonly string[] Others = [SettingsLoader.FileVariable, HubAddress.UrlVariable, HubAddress.TokenVariable];

    public static IEnumerable<(Setting Setting, SettingValue Value)> Read(IDictionary variables) =>
        from setting in SettingCatalogue.All
        let text = variables[setting.VariableName] as string
        where !string.IsNullOrEmpty(text)
        select (setting, new SettingValue(
            setting.VariableName,
            setting.IsList ? text.Split(Separators, StringSplitOptions.RemoveEmptyEntries) : [text]));

    /// <summary>Variables that look like settings and are none. They stop nothing: the environment belongs to others too.</summary>
    public static IEnumerable<string> Unknown(IDictionary variables) => variables.Keys.OfType<string>()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .Except(SettingCatalogue.All.Select(s => s.VariableName))
        .Except(Others)
        .Order(StringComparer.Ordinal);

    /// <summary>What the nearest right name is, as a sentence with a space before it; empty where none is near.</summary>
    public static string Hint(string name) =>
        NearestName.Of(name, SettingCatalogue.All.Select(s => s.VariableName).Concat(Others)) is { } nearest ? $" Did you mean {nearest}?" : "";
}
