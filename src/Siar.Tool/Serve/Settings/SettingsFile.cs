using System.Text;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>Reads settings from a JSON file. Comments and trailing commas are allowed, unknown names are not.</summary>
internal static class SettingsFile
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static IEnumerable<(Setting Setting, SettingValue Value)> Read(SettingValue file)
    {
        JsonDocument document;
        try
        {
            var bytes = File.ReadAllBytes(file.Text).AsMemory();
            if (bytes.Span.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
            document = JsonDocument.Parse(bytes, Lenient);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw file.Wrong($"the file '{file.Text}' cannot be read: {failure.Message.TrimEnd('.')}");
        }
        catch (JsonException failure)
        {
            throw file.Wrong($"the file '{file.Text}' is not JSON: {failure.Message.TrimEnd('.')}");
        }

        using (document)
        {
            if (document.RootElement.ValueKind is not JsonValueKind.Object) throw file.Wrong($"the file '{file.Text}' is not a JSON object");
            return Flatten(document.RootElement, "", file.Text);
        }
    }

    /// <summary>A value as the text that a person would write in a variable.</summary>
    public static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => SettingValue.None,
        _ => value.GetRawText(),
    };

    private static List<(Setting Setting, SettingValue Value)> Flatten(JsonElement item, string prefix, string path)
    {
        var found = new List<(Setting Setting, SettingValue Value)>();
        foreach (var member in item.EnumerateObject())
        {
            var name = prefix + member.Name;
            var origin = $"{path}: {name}";
            if (SettingCatalogue.Find(name) is { } setting) found.Add((setting, Value(setting, member.Value, origin)));
            else if (member.Value.ValueKind is JsonValueKind.Object) found.AddRange(Flatten(member.Value, name + ".", path));
            else throw new SettingException($"{origin} is not a setting: 'siar serve --print-config' shows all there are.");
        }

        return found;
    }

    private static SettingValue Value(Setting setting, JsonElement value, string origin) =>
        setting.IsList && value.ValueKind is JsonValueKind.Array
            ? new SettingValue(origin, [.. value.EnumerateArray().Select(Text)])
            : new SettingValue(origin, setting.IsJson ? value.GetRawText() : Text(value));
}
