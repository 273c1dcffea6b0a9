using System.Text.Json;
using System.Text.Json.Nodes;
using Siar.Hub;

namespace Siar.Tool;

/// <summary>How much the log keeps, of all topics and of sets of topics.</summary>
internal static class RetentionSettings
{
    private static readonly (string Name, Func<RetentionLimits, SettingValue, RetentionLimits> With, Func<RetentionLimits, JsonNode> Show)[] Limits =
    [
        ("maxCount", (l, v) => l with { MaxCount = v.IsNone ? null : Positive(v, v.ToCount()) }, l => l.MaxCount ?? None),
        ("maxAge", (l, v) => l with { MaxAge = v.IsNone ? null : Positive(v, v.ToDuration()) }, l => l.MaxAge is { } age ? SettingText.Of(age) : None),
        ("maxBytes", (l, v) => l with { MaxBytes = v.IsNone ? null : Positive(v, v.ToSize()) }, l => l.MaxBytes ?? None),
    ];

    public static IReadOnlyList<Setting> All { get; } =
    [
        .. Limits.Select(limit => new Setting(
            "retention." + limit.Name,
            (s, v) => s.Siar.Hub.Retention = limit.With(s.Siar.Hub.Retention, v),
            s => limit.Show(s.Siar.Hub.Retention)) { Reloads = true }),
        new("retentionClasses", ApplyClasses, s => new JsonArray([.. s.Siar.Hub.RetentionClasses.Select(Show)])) { IsJson = true, Reloads = true },
    ];

    private static JsonNode None => SettingValue.None;

    private static void ApplyClasses(ServeSettings settings, SettingValue value)
    {
        // A later source says all classes anew.
        settings.Siar.Hub.RetentionClasses.Clear();
        JsonElement list;
        try
        {
            list = JsonElement.Parse(value.Text);
        }
        catch (JsonException failure)
        {
            throw value.Wrong($"is not JSON: {failure.Message.TrimEnd('.')}");
        }

        if (list.ValueKind is not JsonValueKind.Array) throw value.Wrong("""is not a list such as [{"prefix": "chat/", "maxCount": 1000}]""");
        foreach (var item in list.EnumerateArray()) settings.Siar.Hub.RetentionClasses.Add(Parse(item, $"{value.Origin}[{settings.Siar.Hub.RetentionClasses.Count}]"));
    }

    private static RetentionClass Parse(JsonElement item, string origin)
    {
        var whole = new SettingValue(origin, item.GetRawText());
        if (item.ValueKind is not JsonValueKind.Object) throw whole.Wrong("""is not an object such as {"prefix": "chat/", "maxCount": 1000}""");
        string? prefix = null;
        var isPrivateOnly = false;
        var limits = new RetentionLimits(null, null, null);
        foreach (var member in item.EnumerateObject())
        {
            var value = new SettingValue($"{origin}.{member.Name}", SettingsFile.Text(member.Value));
            if (member.Name == "prefix") prefix = value.Text;
            else if (member.Name == "privateOnly") isPrivateOnly = value.ToFlag();
            else if (System.Array.Find(Limits, l => l.Name == member.Name) is { With: { } with }) limits = with(limits, value);
            else throw value.Wrong("is not known: a class has prefix, maxCount, maxAge, maxBytes and privateOnly");
        }

        return string.IsNullOrEmpty(prefix)
            ? throw whole.Wrong("has no prefix: say what the topics of the class begin with")
            : new RetentionClass(prefix, limits, isPrivateOnly);
    }

    private static JsonNode Show(RetentionClass of)
    {
        var shown = new JsonObject { ["prefix"] = of.Prefix };
        foreach (var limit in Limits) shown[limit.Name] = limit.Show(of.Limits);
        shown["privateOnly"] = of.PrivateOnly;
        return shown;
    }

    private static T Positive<T>(SettingValue value, T number)
        where T : IComparable<T> =>
        number.CompareTo(default) > 0 ? number : throw value.Wrong($"'{value.Text}' keeps nothing: write a number above 0, or none for no limit");
}
