using System.Diagnostics;

namespace Siar.Tool.Tests;

/// <summary>The instrument on a server that does right and wrong as it is told.</summary>
[Trait("runs", "siar")]
public sealed class BenchRunTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task What_arrives_is_counted()
    {
        await using var server = new ScriptedServer();

        var report = await RunAsync(server.Request with { Duration = Short, Burst = 30, Processes = 2 });

        report.IsComplete.ShouldBeTrue();
        (report.Flow!.Published, report.Flow.Expected, report.Flow.Delivered).ShouldBe((20, 200, 200));
        (report.Burst!.Published, report.Burst.Expected, report.Burst.Delivered).ShouldBe((30, 300, 300));
        report.Flow.ReaderMicroseconds.ShouldBeGreaterThan(0);
        report.Flow.Delivery.Max.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Topics_and_publishers_share_the_events()
    {
        await using var server = new ScriptedServer { Deliver = (reader, _, data) => reader < 3 ? [data] : [] };

        // Three readers on one topic, five publishers that number their own events.
        var report = await RunAsync(server.Request with { Subscribers = 3, Publishers = 5, Duration = TimeSpan.Zero, Burst = 52 });

        report.IsComplete.ShouldBeTrue();
        (report.Burst!.Published, report.Burst.Delivered).ShouldBe((52, 156));
    }

    [Fact]
    public async Task Topics_are_dealt_out_to_several_servers()
    {
        await using var one = new ScriptedServer();
        await using var other = new ScriptedServer();

        var report = await RunAsync(one.Request with
        {
            SubscribeUrls = [one.Url, other.Url],
            PublishUrls = [one.Url, other.Url],
            Topics = 2,
            Publishers = 1,
            Duration = TimeSpan.Zero,
            Burst = 20,
        });

        report.IsComplete.ShouldBeTrue();
        (report.Burst!.Published, report.Burst.Delivered).ShouldBe((20, 100));
    }

    [Fact]
    public async Task What_is_lost_repeated_or_cut_off_is_told()
    {
        await using var server = new ScriptedServer
        {
            Deliver = (reader, number, data) => (reader, number) switch
            {
                (0, 5) => [],
                (1, 6) => [data, data],
                (2, 19) => null,
                _ => [data],
            },
        };

        var report = await RunAsync(server.Request with { Duration = Short });

        report.IsComplete.ShouldBeFalse();
        (report.Flow!.Missed, report.Flow.Repeated, report.Flow.StreamsEnded).ShouldBe((1, 1, 1));
    }

    [Fact]
    public async Task Events_that_wait_behind_a_stall_are_charged_for_it()
    {
        var stall = TimeSpan.FromMilliseconds(400);
        await using var server = new ScriptedServer
        {
            // One publish in forty is slow, and it is the only one that the server is slow with.
            Before = async number =>
            {
                var begin = Stopwatch.GetTimestamp();
                while (number == 0 && Stopwatch.GetElapsedTime(begin) < stall) await Task.Delay(stall, TimeProvider.System);
            },
        };

        var report = await RunAsync(server.Request with { Subscribers = 1, Duration = TimeSpan.FromMilliseconds(400) });

        report.Flow!.Published.ShouldBe(40);
        // Due every 10 ms while nothing left for 400: half of them waited for 200 or more, though 39 were answered at once.
        report.Flow.Delivery.P50.ShouldBeGreaterThanOrEqualTo(190);
        report.Flow.Delivery.Max.ShouldBeGreaterThanOrEqualTo(400);
    }

    [Fact]
    public async Task A_server_that_refuses_is_told_in_a_sentence()
    {
        await using var hub = await RunningHub.StartAsync();
        var (exitCode, output, errors) = await SiarProcess.RunAsync("bench", "--subscribe-url", hub.Url + "/no/such", "--publish-url", hub.Url + "/no/such", "--subscribers", "2", "--quiet");

        exitCode.ShouldBe(ExitCode.Failure);
        output.ShouldBeEmpty();
        errors.ShouldBe("siar bench: A reader could not connect: the server answered 404.\n");
    }

    [Fact]
    public async Task Readers_that_come_back_and_slow_ones_get_everything_from_the_hub()
    {
        await using var hub = await RunningHub.StartAsync();
        var (exitCode, output, _) = await SiarProcess.RunAsync(
            "bench", "--hub", hub.Url, "--subscribers", "40", "--topics", "4", "--slow", "10", "--rate", "40", "--duration", "200ms", "--warm-up", "100ms", "--settle", "0", "--resume", "20", "--json");

        var report = System.Text.Json.JsonElement.Parse(output);
        exitCode.ShouldBe(ExitCode.Ok, output);
        report.GetProperty("slow").GetProperty("delivered").GetInt64().ShouldBe(report.GetProperty("slow").GetProperty("expected").GetInt64());
        report.GetProperty("resume").GetProperty("delivered").GetInt64().ShouldBe(20 / 4 * 36);
    }

    [Fact]
    public async Task Compressed_streams_are_read_and_a_server_that_does_not_compress_is_told()
    {
        string[] load = ["--subscribers", "3", "--gzip", "--rate", "20", "--duration", "200ms", "--warm-up", "0", "--settle", "0", "--quiet"];
        await using var hub = await RunningHub.StartAsync(new Dictionary<string, string> { ["SIAR_GZIP_FROM"] = "50" });
        await using var plain = await RunningHub.StartAsync();

        (await SiarProcess.RunAsync(["bench", "--hub", hub.Url, .. load])).ExitCode.ShouldBe(ExitCode.Ok);
        (await SiarProcess.RunAsync(["bench", "--hub", plain.Url, .. load])).Errors.ShouldBe("siar bench: The server does not compress the stream.\n");
    }

    private static Task<BenchReport> RunAsync(BenchRequest request) =>
        new BenchRun(request, new BenchProgress(request.Subscribers, isQuiet: true), TestContext.Current.CancellationToken).RunAsync();
}
