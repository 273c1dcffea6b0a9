using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load.Contenders;

/// <summary>nginx with nchan, one worker.</summary>
internal static class NchanContender
{
    public static async Task<RunningServer> StartAsync(Scenario scenario)
    {
        var folder = Machine.Folder();
        var port = RunningServer.FreePort();
        // Room for each connection is taken before the first comes: just above what is needed.
        var configuration = await Machine.FillAsync(
            folder, Machine.Configuration("nchan", "nginx.conf"), ("port", port), ("connections", (scenario.Readers / scenario.Servers) + 1_500));
        var server = new RunningServer(folder) { SubscribeUrl = $"http://127.0.0.1:{port}/subscribe/{{topic}}", PublishUrl = $"http://127.0.0.1:{port}/publish/{{topic}}" };
        await server.StartAsync(port, "nginx", ["-p", folder.FullName, "-c", configuration]);
        return server;
    }
}
