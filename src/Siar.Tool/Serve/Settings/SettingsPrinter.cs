using System.Text.Json.Nodes;

namespace Siar.Tool;

/// <summary>Shows the settings as a file that sets them again.</summary>
internal static class SettingsPrinter
{
    public static string Print(ServeSettings settings) => Print(settings, SettingCatalogue.All);

    /// <summary>Shows some of them.</summary>
    public static string Print(ServeSettings settings, IEnumerable<Setting> some)
    {
        var root = new JsonObject();
        foreach (var setting in some)
        {
            if (setting.Show(settings) is { } value) Place(root, setting.Name.Split('.'), value);
        }

        return JsonText.Of(root);
    }

    private static void Place(JsonObject at, ReadOnlySpan<string> path, JsonNode value)
    {
        if (path.Length == 1)
        {
            at[path[0]] = value;
            return;
        }

        if (at[path[0]] is not JsonObject level) at[path[0]] = level = [];
        Place(level, path[1..], value);
    }
}
