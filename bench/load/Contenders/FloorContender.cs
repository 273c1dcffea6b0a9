using System.Diagnostics;
using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load.Contenders;

/// <summary>The C program that only accepts and writes.</summary>
internal static class FloorContender
{
    public static async Task<RunningServer> StartAsync(Scenario scenario)
    {
        var folder = Machine.Folder();
        var program = Path.Combine(folder.FullName, "floor");
        using (var compiler = Process.Start("gcc", ["-O2", "-o", program, Machine.Configuration("floor", "floor.c")]))
        {
            await compiler.WaitForExitAsync();
            if (compiler.ExitCode != 0) throw new IOException("gcc cannot compile the floor.");
        }

        var port = RunningServer.FreePort();
        var server = new RunningServer(folder) { SubscribeUrl = $"http://127.0.0.1:{port}/events/{{topic}}", PublishUrl = $"http://127.0.0.1:{port}/events/{{topic}}" };
        await server.StartAsync(port, program, [$"{port}"]);
        return server;
    }
}
