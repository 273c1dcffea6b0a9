using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load.Contenders;

/// <summary>The hub: on bare sockets, on the portable path, and over TLS with HTTP/2.</summary>
internal static class SiarContender
{
    private static readonly Lazy<bool> Transports = new(() => Help().Contains("--transport ", StringComparison.Ordinal));

    /// <summary>Whether the hub can be told which path to take.</summary>
    public static bool HasTransports => Transports.Value;

    public static Task<RunningServer> StartAsync(Scenario scenario, string transport) => StartAsync(Machine.Siar, scenario, transport);

    public static Task<RunningServer> StartNativeAsync(Scenario scenario, string transport) => StartAsync(Machine.NativeSiar, scenario, transport);

    private static async Task<RunningServer> StartAsync(string program, Scenario scenario, string transport)
    {
        var port = RunningServer.FreePort();
        var server = Server($"http://127.0.0.1:{port}");
        await server.StartAsync(port, program, ["serve", "--quiet", "--store", "memory", "--url", $"http://127.0.0.1:{port}", .. Transport(transport)], Variables(scenario));
        return server;
    }

    public static async Task<RunningServer> StartSecureAsync(Scenario scenario)
    {
        var folder = Machine.Folder();
        var certificate = Path.Combine(folder.FullName, "certificate.pem");
        await File.WriteAllTextAsync(certificate, MakeCertificate());
        var port = RunningServer.FreePort();
        var server = Server($"https://127.0.0.1:{port}", folder);
        await server.StartAsync(port, Machine.Siar, ["serve", "--quiet", "--store", "memory", "--url", $"https://127.0.0.1:{port}", "--cert", certificate], Variables(scenario));
        return server;
    }

    private static RunningServer Server(string root, DirectoryInfo? folder = null) =>
        new(folder) { SubscribeUrl = $"{root}/events/{{topic}}", PublishUrl = $"{root}/events/{{topic}}" };

    private static IEnumerable<string> Transport(string name) => HasTransports ? ["--transport", name] : [];

    // All that differs from a hub as it comes: limits that one machine's load would meet, the same history as the others, and no bytes of its own.
    private static Dictionary<string, string> Variables(Scenario scenario) => new()
    {
        ["SIAR_LIMITS_CONNECTIONS_PER_ADDRESS"] = "100000",
        ["SIAR_LIMITS_PUBLISHES_PER_ADDRESS"] = "1000000",
        ["SIAR_RETENTION_MAX_COUNT"] = $"{Math.Min(1_000 * (long)scenario.Topics, 100_000)}",
        ["SIAR_GZIP_FROM"] = scenario.IsGzip ? "256" : "0",
        ["SIAR_KEEP_ALIVE"] = "10m",
        ["SIAR_MAX_LIFETIME"] = "0",
    };

    private static string Help()
    {
        using var help = Process.Start(new ProcessStartInfo(Machine.Siar, ["serve", "--help"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var text = help.StandardOutput.ReadToEnd();
        help.WaitForExit();
        return text;
    }

    private static string MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(7));
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem();
    }
}
