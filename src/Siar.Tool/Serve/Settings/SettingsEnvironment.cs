using System.Collections;

namespace Siar.Tool;

/// <summary>Reads settings from environment variables. A list is written with commas or spaces.</summary>
internal static class SettingsEnvironment
{
    private static readonly char[] Separators = [',', ';', ' '];

    public static IEnumerable<(Setting Setting, SettingValue Value)> Read(IDictionary variables) =>
        from setting in SettingCatalogue.All
        let text = variables[setting.VariableName] as string
        where !string.IsNullOrEmpty(text)
        select (setting, new SettingValue(
            setting.VariableName,
            setting.IsList ? text.Split(Separators, StringSplitOptions.RemoveEmptyEntries) : [text]));
}
