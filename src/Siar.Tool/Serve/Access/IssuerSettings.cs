using System.Text.Json;
using System.Text.Json.Nodes;
using Siar.AspNetCore;

namespace Siar.Tool;

/// <summary>Issuers of tokens that have keys of their own.</summary>
internal static class IssuerSettings
{
    private const string Example = """[{"issuer": "https://id.example.com", "url": "https://id.example.com/jwks"}]""";
    private const string Publisher = "publisher";
    private const string Subscriber = "subscriber";

    public static Setting TrustedIssuers { get; } = new("trustedIssuers", Apply, s => new JsonArray([.. s.Tokens.TrustedIssuers.SelectMany(Show)])) { IsJson = true, Reloads = true };

    private static void Apply(ServeSettings settings, SettingValue value)
    {
        // A later source says all issuers anew.
        settings.Tokens.TrustedIssuers.Clear();
        JsonElement list;
        try
        {
            list = JsonElement.Parse(value.Text);
        }
        catch (JsonException failure)
        {
            throw value.Wrong($"is not JSON: {failure.Message.TrimEnd('.')}");
        }

        if (list.ValueKind is not JsonValueKind.Array) throw value.Wrong($"is not a list such as {Example}");
        var index = 0;
        foreach (var item in list.EnumerateArray()) Add(settings.Tokens, item, $"{value.Origin}[{index++}]");
    }

    private static void Add(TokenOptions tokens, JsonElement item, string origin)
    {
        var whole = new SettingValue(origin, item.GetRawText());
        if (item.ValueKind is not JsonValueKind.Object) throw whole.Wrong($"is not an object, as in {Example}");
        string? issuer = null;
        string? role = null;
        var keys = new TokenKeyOptions();
        foreach (var member in item.EnumerateObject())
        {
            var value = new SettingValue($"{origin}.{member.Name}", member.Value.ValueKind is JsonValueKind.Array
                ? [.. member.Value.EnumerateArray().Select(SettingsFile.Text)]
                : [SettingsFile.Text(member.Value)]);
            switch (member.Name)
            {
                case "issuer": issuer = value.Text; break;
                case "role": role = value.Text is Publisher or Subscriber ? value.Text : throw value.Wrong($"'{value.Text}' is no role: write {Publisher} or {Subscriber}, or leave it out for both"); break;
                case "url": keys.Url = value.Text; break;
                case "files": KeySettings.Assign(keys.Files, value.Each().Select(SettingCatalogue.ExistingFile)); break;
                case "algorithms": KeySettings.Assign(keys.Algorithms, value.Texts); break;
                default: throw value.Wrong("is not known: an issuer has issuer, role, url, files and algorithms");
            }
        }

        if (string.IsNullOrEmpty(issuer)) throw whole.Wrong("has no issuer: say what stands in its tokens as iss");
        if (!KeySettings.IsSet(keys)) throw whole.Wrong("has no keys: give the url of a set of keys, or files");
        if (!tokens.TrustedIssuers.TryGetValue(issuer, out var known)) tokens.TrustedIssuers[issuer] = known = new IssuerOptions();
        if (role is not Subscriber) Copy(keys, known.Publish);
        if (role is not Publisher) Copy(keys, known.Subscribe);
    }

    private static void Copy(TokenKeyOptions from, TokenKeyOptions to)
    {
        to.Url = from.Url;
        KeySettings.Assign(to.Files, from.Files);
        KeySettings.Assign(to.Algorithms, from.Algorithms);
    }

    private static IEnumerable<JsonNode> Show(KeyValuePair<string, IssuerOptions> issuer)
    {
        foreach (var (role, keys) in new[] { (Publisher, issuer.Value.Publish), (Subscriber, issuer.Value.Subscribe) })
        {
            if (!KeySettings.IsSet(keys)) continue;
            var shown = new JsonObject { ["issuer"] = issuer.Key, ["role"] = role };
            if (keys.Url is { } url) shown["url"] = url;
            if (keys.Files.Count > 0) shown["files"] = SettingCatalogue.Array(keys.Files);
            if (keys.Algorithms.Count > 0) shown["algorithms"] = SettingCatalogue.Array(keys.Algorithms);
            yield return shown;
        }
    }
}
