using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load.Contenders;

/// <summary>What a .NET developer writes without a library.</summary>
internal static class TypedResultsContender
{
    public static async Task<RunningServer> StartAsync(Scenario scenario)
    {
        var port = RunningServer.FreePort();
        var server = new RunningServer { SubscribeUrl = $"http://127.0.0.1:{port}/events/{{topic}}", PublishUrl = $"http://127.0.0.1:{port}/events/{{topic}}" };
        await server.StartAsync(port, Machine.Built("TypedResults", "typed-results"), ["--urls", $"http://127.0.0.1:{port}"]);
        return server;
    }
}
