using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Siar.Tool.Tests;

/// <summary>
/// A hub with a log in a file is killed under load, again and again, while its readiness is watched. The environment variable <c>SIAR_KILLS</c>
/// asks for more rounds than usual.
/// </summary>
[Trait("runs", "siar")]
public sealed class ReadinessKillTests : IDisposable
{
    private const int UsualRounds = 4;
    private const int Publishers = 4;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("siar-");
    private readonly ConcurrentQueue<string> _acknowledged = new();
    private readonly Random _random = new(12);

    [Fact]
    public async Task A_hub_is_ready_from_its_start_to_its_death_and_has_all_that_it_acknowledged_however_often_it_is_killed()
    {
        var rounds = Environment.GetEnvironmentVariable("SIAR_KILLS") is { Length: > 0 } asked ? int.Parse(asked) : UsualRounds;
        for (var round = 1; round <= rounds; round++)
        {
            await using var hub = await StartAsync();
            using var stop = new CancellationTokenSource();
            var ready = WatchAsync(hub);
            var publishing = Enumerable.Range(0, Publishers).Select(n => PublishAsync(hub, $"{round}-{n}", stop.Token)).ToList();
            var wanted = _acknowledged.Count + _random.Next(1, 300);
            while (_acknowledged.Count < wanted) await Task.Yield();
            await hub.Process.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(publishing);
            (await ready).ShouldAllBe(said => said == """200 {"status":"ok"}""", $"round {round}");
        }

        await using var last = await StartAsync();
        (await last.Http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var kept = await ReadAsync(last);
        kept.Distinct().Count().ShouldBe(kept.Count);
        _acknowledged.Except(kept).ShouldBeEmpty();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task<RunningHub> StartAsync() => RunningHub.StartAsync("--dev", "--store", $"sqlite:{Path.Combine(_folder.FullName, "siar.db")}");

    // What it says until it is dead; the first look may still come before the start is over.
    private static async Task<List<string>> WatchAsync(RunningHub hub)
    {
        var said = new List<string>();
        try
        {
            while (true)
            {
                using var answer = await hub.Http.GetAsync("/health/ready");
                var text = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
                if (said.Count > 0 || answer.IsSuccessStatusCode || !text.Contains("starting")) said.Add(text);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or System.Net.Sockets.SocketException)
        {
            return said;
        }
    }

    private async Task PublishAsync(RunningHub hub, string name, CancellationToken cancellationToken)
    {
        try
        {
            for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
            {
                using var answer = await hub.Http.PostAsync("/events/numbers", new StringContent($"{name}-{i}", Encoding.UTF8, "text/plain"), CancellationToken.None);
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                _acknowledged.Enqueue($"{name}-{i}");
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or System.Net.Sockets.SocketException)
        {
            // It is dead. What was under way may be kept or not.
        }
    }

    private static async Task<List<string>> ReadAsync(RunningHub hub)
    {
        var kept = new List<string>();
        for (var cursor = "earliest"; ;)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/events/numbers?limit=1000&lastEventId={Uri.EscapeDataString(cursor)}") { Headers = { { "Accept", "application/json" } } };
            using var answer = await hub.Http.SendAsync(request);
            using var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            var events = page.RootElement.GetProperty("events");
            kept.AddRange(events.EnumerateArray().Select(e => e.GetProperty("data").GetString()!));
            var next = page.RootElement.GetProperty("cursor").GetString()!;
            if (events.GetArrayLength() == 0 && next == cursor) return kept;
            cursor = next;
        }
    }
}
