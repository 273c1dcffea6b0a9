using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>The command line of <c>siar bench</c>.</summary>
internal static class BenchCommand
{
    /// <summary>Readers of a process without --processes: a process may often have no more than 20,000 files open.</summary>
    private const int ReadersAProcess = 16_000;

    private const string Details = """
        Readers connect first and then idle; events are published after a warm-up, each at the moment when it is due (--rate), and each
        delivery is checked: every event of a reader's topic, once, in order. Works on any server of event streams:
        --subscribe-url and --publish-url may hold {topic}, --publish-body {data} and {topic}, and each may be given for several servers,
        over which topics are dealt out. Over https readers use HTTP/2 where the server has it, and cost more themselves.

        Exit codes: 0 everything arrived; 1 something was missed, or the server could not be reached; 2 a wrong command line;
        130 ended by Ctrl+C, 143 by SIGTERM.
        """;

    public static Command Create()
    {
        var hub = HubOptionsOnCommandLine.Hub();
        var token = HubOptionsOnCommandLine.Token();
        var subscribeUrls = List("--subscribe-url", "URL", "Where readers connect, instead of the hub's /events");
        var publishUrls = List("--publish-url", "URL", "Where events are posted, instead of the hub's /events");
        var publishBody = Text("--publish-body", "TEMPLATE", "What is posted; the payload alone by default");
        var publishType = Text("--publish-type", "TYPE", "The Content-Type of what is posted. Default: text/plain");
        var insecure = new Option<bool>("--insecure") { Description = "Accept any certificate" };
        var gzip = new Option<bool>("--gzip") { Description = "Readers ask for gzip, and events are filled up with JSON" };
        var subscribers = Count("--subscribers", "Readers. Default: 1000", 1_000, 1);
        var topics = Count("--topics", "Topics, to which the readers are dealt out. Default: 1", 1, 1);
        var publishers = Count("--publishers", "Publishers, a connection each. Default: 1", 1, 1);
        var rate = new Option<double>("--rate") { HelpName = "R", Description = "Events a second over all topics; 0: as fast as answers come. Default: 10", DefaultValueFactory = _ => 10 };
        var size = Count("--size", $"Bytes of an event's data, from {BenchPayload.MinBytes}. Default: 100", 100, BenchPayload.MinBytes);
        var duration = Text("--duration", "TIME", "How long to publish; 0: only connect. Default: 10s");
        var warmUp = Text("--warm-up", "TIME", "How long to publish uncounted before. Default: 2s");
        var settle = Text("--settle", "TIME", "How long to idle before that; memory is looked at then. Default: 1s");
        var burst = Count("--burst", "Then so many events back to back. Default: none", 0, 0);
        var missed = Count("--resume", "Then all readers leave, so many events are published, and all come back at once. Default: none", 0, 0);
        var slow = Count("--slow", "Readers of a hundred that read nothing while events flow, and then read on. Default: 0", 0, 0);
        var prime = Count("--prime", "Readers that come and go before the server's memory is first looked at. Default: 0", 0, 0);
        var atOnce = Count("--connect-at-once", "Connections opened at once. Default: 100", 100, 1);
        var processes = Count("--processes", $"Processes that the readers are spread over. Default: one for each {ReadersAProcess} readers", 0, 0);
        var server = new Option<int[]>("--server-pid") { HelpName = "PID", Description = "The server's process on this machine, to measure its CPU and memory and its children's; repeatable. Default: who listens on the port" };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON" };
        var quiet = new Option<bool>("--quiet") { Description = "Say nothing while it runs" };
        var isReaders = new Option<bool>(ReaderProcess.Argument) { Hidden = true };
        var command = new DetailedCommand("bench", "Makes load and measures what arrives", Details)
        {
            hub, token, subscribeUrls, publishUrls, publishBody, publishType, insecure, gzip, subscribers, topics, publishers, rate, size, duration, warmUp, settle, burst, missed, slow, prime,
            atOnce, processes, server, json, quiet, isReaders,
        };
        command.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(isReaders)) return await ReaderProcess.RunAsync(Console.In, Console.Out);
            var messages = new ConsoleMessages("siar bench", isQuiet: false);
            try
            {
                var address = HubAddress.Of(parsed.GetValue(hub), parsed.GetValue(token), Environment.GetEnvironmentVariables());
                string[] ofHub = [$"{address.Url}events/{{topic}}"];
                var request = new BenchRequest
                {
                    SubscribeUrls = parsed.GetValue(subscribeUrls) is { Length: > 0 } reading ? reading : ofHub,
                    PublishUrls = parsed.GetValue(publishUrls) is { Length: > 0 } writing ? writing : ofHub,
                    PublishBody = parsed.GetValue(publishBody),
                    PublishType = parsed.GetValue(publishType),
                    Token = address.Token,
                    IsInsecure = parsed.GetValue(insecure),
                    IsGzip = parsed.GetValue(gzip),
                    Subscribers = parsed.GetValue(subscribers),
                    Topics = Math.Min(parsed.GetValue(topics), parsed.GetValue(subscribers)),
                    Publishers = parsed.GetValue(publishers),
                    Rate = parsed.GetValue(rate),
                    Bytes = parsed.GetValue(size),
                    Duration = Duration(duration.Name, parsed.GetValue(duration)) ?? TimeSpan.FromSeconds(10),
                    WarmUp = Duration(warmUp.Name, parsed.GetValue(warmUp)) ?? TimeSpan.FromSeconds(2),
                    Settle = Duration(settle.Name, parsed.GetValue(settle)) ?? TimeSpan.FromSeconds(1),
                    Burst = parsed.GetValue(burst),
                    Missed = parsed.GetValue(missed),
                    SlowPercent = parsed.GetValue(slow),
                    Prime = parsed.GetValue(prime),
                    ConnectingAtOnce = parsed.GetValue(atOnce),
                    Processes = parsed.GetValue(processes) is > 0 and var n ? n : (parsed.GetValue(subscribers) + ReadersAProcess - 1) / ReadersAProcess,
                    ServerProcesses = parsed.GetValue(server) ?? [],
                    IsServerSought = parsed.GetResult(server) is null,
                    IsJson = parsed.GetValue(json),
                    IsQuiet = parsed.GetValue(quiet) || parsed.GetValue(json),
                };
                return await RunAsync(request.Checked(), messages);
            }
            catch (SettingException failure)
            {
                return messages.Fail(failure.Message, ExitCode.Usage);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(BenchRequest request, ConsoleMessages messages)
    {
        using var interruption = new Interruption();
        var progress = new BenchProgress(request.Subscribers, request.IsQuiet);
        try
        {
            var report = await progress.RunAsync(() => new BenchRun(request, progress, interruption.Token).RunAsync());
            var found = report.IsComplete ? ExitCode.Ok : messages.Fail("not every event arrived once and in order.");
            return StandardOutput.Report(found, () => Console.Out.WriteLine(request.IsJson ? JsonSerializer.Serialize(report, BenchJson.Default.BenchReport) : BenchText.Of(report)));
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return messages.Fail(failure.Message);
        }
    }

    private static TimeSpan? Duration(string name, string? text) => text is null ? null : new SettingValue(name, text).ToDuration();

    private static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    private static Option<string[]> List(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    private static Option<int> Count(string name, string description, int value, int least)
    {
        var option = new Option<int>(name) { HelpName = "N", Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValueOrDefault<int>() < least) result.AddError($"{name} '{result.Tokens[0].Value}' is not a number from {least}.");
        });
        return option;
    }
}
