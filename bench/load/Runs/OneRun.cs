using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Siar.Bench.Load.Contenders;
using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load.Runs;

/// <summary>Runs one contender under one scenario: starts it, lets the instrument make the load, and ends it.</summary>
internal static class OneRun
{
    /// <summary>Readers that come and go before memory is first looked at.</summary>
    private const int Prime = 1_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(220);

    public static async Task<RunResult> RunAsync(Scenario scenario, Contender contender, int repeat, double rate)
    {
        var servers = new List<RunningServer>();
        try
        {
            for (var i = 0; i < scenario.Servers; i++) servers.Add(await contender.StartAsync(scenario));
            var (output, errors, exitCode) = await MeasureAsync(scenario, servers, rate);
            var figures = output.Length > 0 ? JsonNode.Parse(output) : null;
            return new RunResult(scenario.Name, contender.Name, repeat, figures, exitCode == 0 ? null : errors.Trim());
        }
        catch (Exception failure) when (failure is IOException or JsonException or System.ComponentModel.Win32Exception)
        {
            return new RunResult(scenario.Name, contender.Name, repeat, null, failure.Message);
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }

    private static async Task<(string Output, string Errors, int ExitCode)> MeasureAsync(Scenario scenario, List<RunningServer> servers, double rate)
    {
        var start = Machine.OnCore(Machine.LoadCore, Machine.Siar, ["bench", "--json", .. Arguments(scenario, servers, rate)]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var bench = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Longest);
        var output = bench.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = bench.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await bench.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException failure)
        {
            bench.Kill(entireProcessTree: true);
            throw new IOException($"not done after {Longest.TotalSeconds} s", failure);
        }

        return (await output, await errors, bench.ExitCode);
    }

    private static IEnumerable<string> Arguments(Scenario scenario, List<RunningServer> servers, double rate)
    {
        List<string> arguments =
        [
            "--subscribers", $"{scenario.Readers}", "--topics", $"{scenario.Topics}", "--publishers", $"{scenario.Publishers}",
            "--size", $"{scenario.Bytes}", "--rate", rate.ToString(CultureInfo.InvariantCulture), "--duration", $"{scenario.Seconds}s",
            "--settle", $"{scenario.Settle}s", "--burst", $"{scenario.Burst}", "--resume", $"{scenario.Missed}", "--slow", $"{scenario.Slow}",
            "--connect-at-once", $"{Math.Min(scenario.ConnectAtOnce, servers[0].ConnectAtOnce)}", "--prime", $"{Math.Min(Prime, scenario.Readers)}", "--insecure",
        ];
        if (scenario.IsGzip) arguments.Add("--gzip");
        foreach (var server in servers)
        {
            arguments.AddRange(["--subscribe-url", server.SubscribeUrl, "--publish-url", server.PublishUrl]);
            foreach (var process in server.Processes) arguments.AddRange(["--server-pid", $"{process}"]);
        }

        if (servers[0].PublishBody is { } body) arguments.AddRange(["--publish-body", body]);
        if (servers[0].PublishType is { } type) arguments.AddRange(["--publish-type", type]);
        return arguments;
    }
}
