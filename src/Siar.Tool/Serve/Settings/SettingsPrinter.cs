using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Siar.Tool;

/// <summary>Shows the settings as a file that sets them again.</summary>
internal static class SettingsPrinter
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Print(ServeSettings settings)
    {
        var root = new JsonObject();
        foreach (var setting in SettingCatalogue.All)
        {
            if (setting.Show(settings) is { } value) Place(root, setting.Name.Split('.'), value);
        }

        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Indented)) root.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
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
