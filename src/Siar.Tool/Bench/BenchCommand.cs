using System.CommandLine;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>The command line of <c>siar bench</c>.</summary>
internal static class BenchCommand
{
    private const string Details = """
        Readers connect first and then idle; events are published after a warm-up, each at the moment when it is due (--rate), and each
        delivery is checked: every event of a reader's topic, once, in order. Works on any server of event streams over plain HTTP/1.1:
        --subscribe-url and --publish-url may hold {topic}, --publish-body {data} and {topic}.

        Exit codes: 0 everything arrived; 1 something was missed, or the server could not be reached; 2 a wrong command line; 130 ended by Ctrl+C.
        """;

    public static Command Create()
    {
        var hub = HubOptionsOnCommandLine.Hub();
        var token = HubOptionsOnCommandLine.Token();
        var subscribeUrl = Text("--subscribe-url", "URL", "Where readers connect, instead of the hub's /events");
        var publishUrl = Text("--publish-url", "URL", "Where events are posted, instead of the hub's /events");
        var publishBody = Text("--publish-body", "TEMPLATE", "What is posted; the payload alone by default");
        var publishType = Text("--publish-type", "TYPE", "The Content-Type of what is posted");
        var subscribers = Count("--subscribers", "Readers. Default: 1000", 1_000);
        var topics = Count("--topics", "Topics, to which the readers are dealt out. Default: 1", 1);
        var publishers = Count("--publishers", "Publishers at once, with --rate 0. Default: 1", 1);
        var rate = new Option<double>("--rate") { HelpName = "R", Description = "Events a second; 0: as fast as answers come. Default: 10", DefaultValueFactory = _ => 10 };
        var size = Count("--size", "Bytes of an event's data. Default: 100", 100);
        var duration = Text("--duration", "TIME", "How long to publish. Default: 10s");
        var warmUp = Text("--warm-up", "TIME", "How long to idle, and then to publish uncounted. Default: 2s");
        var process = new Option<int?>("--server-pid") { HelpName = "PID", Description = "The server's process on this machine, to measure its CPU and memory" };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON" };
        var quiet = new Option<bool>("--quiet") { Description = "Say nothing while it runs" };
        var command = new DetailedCommand("bench", "Makes load and measures what arrives", Details)
        {
            hub, token, subscribeUrl, publishUrl, publishBody, publishType, subscribers, topics, publishers, rate, size, duration, warmUp, process, json, quiet,
        };
        command.SetAction((parsed, _) =>
        {
            var address = HubAddress.Of(parsed.GetValue(hub), parsed.GetValue(token), Environment.GetEnvironmentVariables());
            return RunAsync(new BenchRequest
            {
                SubscribeUrl = parsed.GetValue(subscribeUrl) ?? $"{address.Url}events/{{topic}}",
                PublishUrl = parsed.GetValue(publishUrl) ?? $"{address.Url}events/{{topic}}",
                PublishBody = parsed.GetValue(publishBody),
                PublishType = parsed.GetValue(publishType),
                Token = address.Token,
                Subscribers = parsed.GetValue(subscribers),
                Topics = Math.Min(parsed.GetValue(topics), parsed.GetValue(subscribers)),
                Publishers = parsed.GetValue(publishers),
                Rate = parsed.GetValue(rate),
                Bytes = parsed.GetValue(size),
                Duration = Duration(duration.Name, parsed.GetValue(duration)) ?? TimeSpan.FromSeconds(10),
                WarmUp = Duration(warmUp.Name, parsed.GetValue(warmUp)) ?? TimeSpan.FromSeconds(2),
                ServerProcess = parsed.GetValue(process),
                IsJson = parsed.GetValue(json),
                IsQuiet = parsed.GetValue(quiet),
            });
        });
        return command;
    }

    private static async Task<int> RunAsync(BenchRequest request)
    {
        var notes = new Notes("siar bench", request.IsQuiet);
        using var interruption = new Interruption();
        try
        {
            var report = await new BenchRun(request, notes).RunAsync(interruption.Token);
            await Console.Out.WriteLineAsync(request.IsJson ? JsonSerializer.Serialize(report, BenchJson.Default.BenchReport) : BenchText.Of(report));
            return report.IsComplete ? ExitCode.Ok : notes.Fail("not every event arrived once and in order.");
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or System.Net.Sockets.SocketException)
        {
            return notes.Fail(failure.Message);
        }
    }

    private static TimeSpan? Duration(string name, string? text) => text is null ? null : new SettingValue(name, text).ToDuration();

    private static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    private static Option<int> Count(string name, string description, int value)
    {
        var option = new Option<int>(name) { HelpName = "N", Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValueOrDefault<int>() < 1) result.AddError($"{name} '{result.Tokens[0].Value}' is not a number from 1.");
        });
        return option;
    }
}
