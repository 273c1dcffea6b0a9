using System.CommandLine;
using Siar.Bench.Load;
using Siar.Bench.Load.Runs;
using Siar.Bench.Transports.Clients;
using Siar.Bench.Transports.Server;

namespace Siar.Bench.Transports;

/// <summary>The same feed over each transport, side by side: <c>dotnet run -c Release --project bench/transports</c>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is [FeedServer.Argument, ..]) await FeedServer.RunAsync(arguments[1..]);
        else if (arguments is [ClientProcess.Argument, ..]) await ClientProcess.RunAsync(arguments[1..]);
        else return await Command().Parse(arguments).InvokeAsync();
        return 0;
    }

    private static RootCommand Command()
    {
        var clients = new Option<int[]>("--clients") { HelpName = "N", Description = "Clients, repeatable. Default: 1000 and 5000", DefaultValueFactory = _ => [1_000, 5_000] };
        var seconds = new Option<int>("--seconds") { HelpName = "N", Description = "Seconds of idling, and of events. Default: 6", DefaultValueFactory = _ => 6 };
        var results = new Option<string>("--results") { HelpName = "FOLDER", Description = "Where the report goes. Default: bench/results", DefaultValueFactory = _ => Path.Combine(Machine.Root, "bench/results") };
        var root = new RootCommand("Measures one live feed over server-sent events, WebSockets, long polling and polling.") { clients, seconds, results };
        root.SetAction(async (parsed, _) =>
        {
            List<RunResult> found = [];
            foreach (var count in parsed.GetValue(clients)!)
            {
                foreach (var transport in Transport.All)
                {
                    await Console.Error.WriteLineAsync($"{count:N0} clients: {transport.Title}");
                    found.Add(await TransportRun.RunAsync(transport, count, parsed.GetValue(seconds)));
                }
            }

            var name = $"transports-{TimeProvider.System.GetUtcNow():yyyy-MM-dd}";
            Console.WriteLine(await Report.WriteAsync(found, parsed.GetValue(seconds), Directory.CreateDirectory(parsed.GetValue(results)!), name));
            return found.TrueForAll(r => r.Failure is null) ? 0 : 1;
        });
        return root;
    }
}
