using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load.Contenders;

/// <summary>Pushpin with its own processes, and an nginx that says to hold each request.</summary>
internal static class PushpinContender
{
    private const string Internal = "/usr/lib/pushpin/internal.conf";

    public static async Task<RunningServer> StartAsync(Scenario scenario)
    {
        var folder = Machine.Folder();
        var (port, origin, control) = (RunningServer.FreePort(), RunningServer.FreePort(), RunningServer.FreePort());
        var originConfiguration = await Machine.FillAsync(folder, Machine.Configuration("pushpin", "origin.conf"), ("origin", origin));
        var configuration = await Machine.FillAsync(
            folder, Machine.Configuration("pushpin", "pushpin.conf"), ("port", port), ("origin", origin), ("control", control), ("connections", scenario.Readers + 1_500));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "routes"), $"* 127.0.0.1:{origin}\n");
        // Its zurl is one of its own, in its own folder, not the machine's.
        var specs = (await File.ReadAllTextAsync(Internal)).Replace("ipc:///var/run/zurl/", "ipc://{rundir}/{ipc_prefix}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "internal.conf"), specs);
        var server = new RunningServer(folder)
        {
            SubscribeUrl = $"http://127.0.0.1:{port}/subscribe/{{topic}}",
            PublishUrl = $"http://127.0.0.1:{control}/publish/",
            PublishBody = """{"items":[{"channel":"{topic}","formats":{"http-stream":{"content":"id: 0123456789abcdef\ndata: {data}\n\n"}}}]}""",
            PublishType = "application/json",
            // Each reader is a request that it proxies: those that come faster get a 500, or lose their stream soon after.
            ConnectAtOnce = 10,
        };
        await server.StartAsync(origin, "nginx", ["-p", folder.FullName, "-c", originConfiguration]);
        await server.StartAsync(port, "pushpin", ["--config", configuration]);
        await server.WaitAsync(control);
        return server;
    }
}
