using System.Collections;

namespace Siar.Tool;

/// <summary>The environment names of Mercure's reference hub, for whoever moves over.</summary>
internal static class MercureEnvironment
{
    private const string Prefix = "MERCURE_";

    private static readonly (string Variable, string Setting)[] Meanings =
    [
        ("MERCURE_PUBLISHER_JWT_KEY", "keys.publisher"),
        ("MERCURE_PUBLISHER_JWT_ALG", "keys.publisherAlgorithms"),
        ("MERCURE_SUBSCRIBER_JWT_KEY", "keys.subscriber"),
        ("MERCURE_SUBSCRIBER_JWT_ALG", "keys.subscriberAlgorithms"),
        ("MERCURE_TRUSTED_ISSUERS", "issuers"),
        ("SERVER_NAME", "urls"),
    ];

    // Others use such names too: they are meant for a hub only beside one of its own.
    private static readonly string[] OfCaddy = ["GLOBAL_OPTIONS", "CADDY_EXTRA_CONFIG", "CADDY_SERVER_EXTRA_DIRECTIVES"];

    // Names that are right, and mean what is elsewhere here.
    private static readonly string[] OfReference = ["MERCURE_EXTRA_DIRECTIVES", "MERCURE_TRANSPORT_URL", "MERCURE_LICENSE", .. OfCaddy];

    public static IEnumerable<(Setting Setting, SettingValue Value)> Read(IDictionary variables)
    {
        if (!IsMeant(variables)) yield break;
        foreach (var (variable, name) in Meanings)
        {
            if (variables[variable] is not string { Length: > 0 } text) continue;
            var setting = SettingCatalogue.Find(name)!;
            IEnumerable<string> texts = setting.IsList ? text.Split(SettingsEnvironment.Separators, StringSplitOptions.RemoveEmptyEntries) : [text];
            yield return (setting, new SettingValue(variable, [.. name == "urls" ? texts.Select(ToUrl) : texts]));
        }
    }

    /// <summary>What is to be said about names that mean nothing here.</summary>
    public static IEnumerable<string> Unknown(IDictionary variables)
    {
        if (!IsMeant(variables)) return [];
        var known = Meanings.Select(m => m.Variable).ToArray();
        return variables.Keys.OfType<string>()
            .Where(n => (n.StartsWith(Prefix, StringComparison.Ordinal) && !known.Contains(n)) || OfCaddy.Contains(n))
            .Where(n => variables[n] is string { Length: > 0 })
            .Order(StringComparer.Ordinal)
            .Select(n => NearestName.Of(n, OfReference.Contains(n) ? [] : known) is { } nearest
                ? $"{n} changes nothing here. Did you mean {nearest}?"
                : $"{n} means something to Mercure's reference hub and changes nothing here: 'siar serve --print-config' shows the settings that there are.");
    }

    private static bool IsMeant(IDictionary variables) => variables.Keys.OfType<string>().Any(n => n.StartsWith(Prefix, StringComparison.Ordinal));

    // The rule (Caddy's site addresses): a name alone is https, a port alone is every address, and port 80 is http.
    private static string ToUrl(string address)
    {
        if (address.Contains("://", StringComparison.Ordinal)) return address;
        var colon = address.LastIndexOf(':');
        var hasPort = colon >= 0 && !address.EndsWith(']');
        var host = hasPort ? address[..colon] : address;
        var port = hasPort ? address[(colon + 1)..] : "443";
        var isHttp = port == "80" || (host.Length == 0 && port != "443");
        return $"{(isHttp ? "http" : "https")}://{(host.Length == 0 ? "0.0.0.0" : host)}:{port}";
    }
}
