using System.Net;
using System.Text.Json.Nodes;

namespace Siar.Tool;

/// <summary>Every setting of <c>siar serve</c>, in the order in which they are shown.</summary>
internal static class SettingCatalogue
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("urls", (s, v) => s.Urls = [.. v.Each().Select(ListenAddress.Parse)], s => Array(s.Urls.Select(u => u.Url))) { IsList = true },
        new("adminUrl", (s, v) => s.AdminUrl = ListenAddress.Parse(v), s => s.AdminUrl?.Url),
        .. StoreSettings.All,
        new("demo", (s, v) => s.Demo = v.ToFlag(), s => s.Demo),
        .. AccessSettings.All,
        new("quiet", (s, v) => s.Quiet = v.ToFlag(), s => s.Quiet),
        new("watch", (s, v) => s.Watch = v.ToFlag(), s => s.Watch),
        .. LogSettings.All,
        new("certificate.file", (s, v) => s.CertificateFile = ExistingFile(v), s => s.CertificateFile) { Reloads = true },
        new("certificate.key", (s, v) => s.CertificateKeyFile = ExistingFile(v), s => s.CertificateKeyFile) { Reloads = true },
        // A password is taken, and never shown.
        new("certificate.password", (s, v) => s.CertificatePassword = v.Text, _ => null) { IsSecret = true, Reloads = true },
        new("transport", (s, v) => s.Transport = StreamTransports.Parse(v), s => StreamTransports.NameOf(s.Transport)),
        new("ioUring", (s, v) => s.IoUring = v.ToFlag(), s => s.IoUring),
        new("unixSocketMode", (s, v) => s.UnixSocketMode = v.ToFileMode(), s => s.UnixSocketMode is { } mode ? SettingText.Of(mode) : null),
        new("maxStreamsPerConnection", (s, v) => s.MaxStreamsPerConnection = v.ToNumber(1, int.MaxValue), s => s.MaxStreamsPerConnection),
        new("trustedProxies", (s, v) => s.TrustedProxies = [.. v.Each().Select(ToNetwork)], s => Array(s.TrustedProxies.Select(n => n.ToString()))) { IsList = true },
        new("otlp", (s, v) => s.Otlp = ToEndpoint(v), s => s.Otlp?.ToString()),
        .. HubSettings.All,
        .. RetentionSettings.All,
    ];

    /// <summary>Finds a setting by its name in a file.</summary>
    public static Setting? Find(string name) => All.FirstOrDefault(s => s.Name == name);

    /// <summary>A list of texts, as it is shown.</summary>
    public static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)t)];

    /// <summary>The name of a file that must be there.</summary>
    public static string ExistingFile(SettingValue value) => File.Exists(value.Text) ? value.Text : throw value.Wrong($"there is no file '{value.Text}'");

    private static IPNetwork ToNetwork(SettingValue value)
    {
        if (IPNetwork.TryParse(value.Text, out var network)) return network;
        return IPAddress.TryParse(value.Text, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw value.Wrong($"'{value.Text}' is neither an address nor a network such as 10.0.0.0/8");
    }

    private static Uri ToEndpoint(SettingValue value) =>
        Uri.TryCreate(value.Text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri
            : throw value.Wrong($"'{value.Text}' is not an endpoint: write one such as http://127.0.0.1:4318");
}
