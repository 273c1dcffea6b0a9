using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore.Tests.Hosting;

public sealed class ShutdownTests
{
    private const int Streams = 500;

    [Fact]
    public async Task Every_stream_ends_in_order_and_is_told_a_time_of_its_own()
    {
        await using var hub = await TestHub.StartAsync();
        var readers = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => OpenAsync(hub)));

        await hub.StopAsync();

        var ends = await Task.WhenAll(readers.Select(r => r.ReadToEndAsync()));
        var delays = ends.Select(DelayOf).ToList();
        delays.ShouldAllBe(d => d >= 1_000 && d <= 3_000);
        delays.Distinct().Count().ShouldBeGreaterThan(Streams / 5);
        hub.Log.Errors.ShouldBeEmpty();
        foreach (var reader in readers) reader.Dispose();
    }

    [Fact]
    public async Task Streams_that_arrive_meanwhile_are_sent_away_as_well()
    {
        await using var hub = await TestHub.StartAsync();
        using var before = await OpenAsync(hub);

        // The server takes connections until the drain is over; the hub's is begun by hand to be sure to be within it.
        await hub.Core.DrainAsync();
        using var refused = await hub.SubscribeAsync("/events/a");
        (await refused.ReadToEndAsync()).ShouldMatch("(?s)^HTTP/1.1 200 OK.*:\nretry: [0-9]+\n\r\n0\r\n\r\n$");
        using var status = await hub.Client.GetAsync("/events/a?refusal=status");
        status.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await hub.Client.PostAsync("/events/a", new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        await hub.StopAsync();
        DelayOf(await before.ReadToEndAsync()).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_stream_that_slips_past_the_first_look_is_ended_by_its_lane()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Core.DrainAsync();
        var outlet = new DeliveryOutlet();

        var late = await hub.Core.AttachAsync(new SubscribeRequest { Matchers = Siar.Topics.MatcherSet.All }, outlet, TestContext.Current.CancellationToken);

        (await late.Ended).ShouldBe(EndReason.Draining);
    }

    [Fact]
    public async Task A_long_poll_is_answered_with_what_there_is()
    {
        await using var hub = await TestHub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events/a?wait=60") { Headers = { { "Accept", "application/json" } } };
        var poll = hub.Client.SendAsync(request);
        while (hub.Core.Subscribers == 0) await Task.Yield();

        await hub.StopAsync();

        using var answer = await poll;
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith("""{"events":[],"cursor":"#""");
    }

    [Fact]
    public async Task Streams_of_HTTP_2_end_in_order()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Protocols = HttpProtocols.Http2 });
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a", HttpVersion.Version20);

        await hub.StopAsync();

        (await reader.ReadToEndAsync()).ShouldBeEmpty();
        reader.Retries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_does_not_hold_the_stop_up()
    {
        // Without a bound on the server's buffer the outlet never fills: the stream ends in order, but its last bytes cannot leave.
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Services = s => s.Configure<SocketTransportOptions>(o => o.MaxWriteBufferSize = null) });
        using var stalled = await RawConnection.OpenAsync(hub.Address, receiveBuffer: 4_096);
        await stalled.SendAsync("GET /events/a?signals=on HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await stalled.ReadThroughAsync("siar.live");

        var data = new string('x', 1 << 20);
        for (var i = 0; i < 24; i++) await hub.Hub.PublishAsync("a", data);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await hub.StopAsync(patience.Token);

        patience.IsCancellationRequested.ShouldBeFalse();
    }

    private static async Task<RawConnection> OpenAsync(TestHub hub)
    {
        var reader = await hub.SubscribeAsync("/events/a");
        await reader.ReadThroughAsync("siar.live");
        await reader.ReadThroughAsync("\n\n\r\n");
        return reader;
    }

    private static int DelayOf(string end)
    {
        end.ShouldMatch("^[0-9a-fA-F]+\r\nretry: [0-9]+\n\r\n0\r\n\r\n$");
        var delays = new Delays();
        new SseParser(delays).Feed(System.Text.Encoding.Latin1.GetBytes(end[(end.IndexOf('\n') + 1)..]));
        return delays.Last;
    }

    private sealed class Delays : ISseHandler
    {
        public int Last { get; private set; }

        public void OnEvent(in SseMessage message) => throw new InvalidOperationException("An end holds no event.");

        public void OnRetry(int milliseconds) => Last = milliseconds;
    }
}
