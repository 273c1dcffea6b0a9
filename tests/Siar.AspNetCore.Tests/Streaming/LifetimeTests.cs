using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Streaming;

public sealed class LifetimeTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_quiet_stream_is_kept_alive_with_a_comment()
    {
        await using var hub = await StartAsync();
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        reader.Comments.ShouldBe(1);

        await AdvanceAsync(15, reader.ReadUntilAsync(() => reader.Comments == 2));
    }

    [Fact]
    public async Task A_reader_of_rare_topics_moves_its_cursor_with_a_keep_alive()
    {
        await using var hub = await StartAsync();
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        var other = await PublishToAnotherAsync(hub);

        await AdvanceAsync(15, reader.ReadUntilAsync(() => reader.LastEventId == other.Id.Value));
    }

    [Fact]
    public async Task Quiet_lines_are_kept_alive_with_empty_ones_and_cursors()
    {
        await using var hub = await StartAsync();
        using var reader = await hub.SubscribeAsync("/events/a", "Accept: application/x-ndjson\r\n");
        await reader.ReadThroughAsync("\"live\"");
        await reader.ReadThroughAsync("\n\r\n");

        await AdvanceAsync(15, reader.ReadThroughAsync("1\r\n\n\r\n"));
        var other = await PublishToAnotherAsync(hub);
        await AdvanceAsync(15, reader.ReadThroughAsync($$"""{"signal":"cursor","id":"{{other.Id.Value}}"}{{"\n"}}"""));
    }

    [Fact]
    public async Task A_stream_ends_in_order_when_its_time_is_over()
    {
        await using var hub = await StartAsync(o => o.Hub.MaxLifetime = TimeSpan.FromSeconds(100));
        using var reader = await hub.SubscribeAsync("/events/a");
        await reader.ReadThroughAsync("siar.live");

        await AdvanceAsync(100, reader.ReadThroughAsync("\r\n0\r\n\r\n"));
    }

    [Fact]
    public async Task A_peer_that_stops_reading_is_cut_off_at_the_write_deadline_and_its_place_is_free()
    {
        // Time goes on faster than lanes take their turns: the other stream must not come to its own end meanwhile.
        await using var hub = await StartAsync(o => (o.Hub.WriteDeadline, o.Hub.MaxLifetime, o.Hub.Lanes) = (TimeSpan.FromSeconds(30), TimeSpan.Zero, 1));
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/b");
        using var stalled = await RawConnection.OpenAsync(hub.Address, receiveBuffer: 4_096);
        await stalled.SendAsync("GET /events/a?signals=on HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await stalled.ReadThroughAsync("siar.live");

        // More than the buffers of both sockets and the server hold.
        var data = new string('x', 1 << 20);
        for (var i = 0; i < 24; i++) await hub.Hub.PublishAsync("a", data);
        hub.Core.Subscribers.ShouldBe(2);
        while (hub.Core.Subscribers != 1)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await hub.Hub.PublishAsync("b", "still here");
        (await reader.NextAsync()).Data.ShouldBe("still here");
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stream_of_HTTP_2_that_is_not_read_is_cut_off_alone()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Protocols = HttpProtocols.Http2, Options = o => o.Hub.MaxLifetime = TimeSpan.Zero, Services = s => s.AddSingleton<TimeProvider>(_time),
        });
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/b", HttpVersion.Version20);
        using var stalled = await EventStream.OpenLiveAsync(hub.Client, "/events/a", HttpVersion.Version20);

        var data = new string('x', 1 << 20);
        for (var i = 0; i < 4; i++) await hub.Hub.PublishAsync("a", data);
        while (hub.Core.Subscribers != 1)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await hub.Hub.PublishAsync("b", "still here");
        (await reader.NextAsync()).Data.ShouldBe("still here");
        hub.Log.Errors.ShouldBeEmpty();
    }

    private Task<TestHub> StartAsync(Action<SiarOptions>? options = null) =>
        TestHub.StartAsync(new TestHubSetup { Options = options, Services = s => s.AddSingleton<TimeProvider>(_time) });

    // What another has read is in the window: the next turn of every lane comes to it.
    private static async Task<LoggedEvent> PublishToAnotherAsync(TestHub hub)
    {
        using var another = await EventStream.OpenLiveAsync(hub.Client, "/events/b");
        var published = await hub.Hub.PublishAsync("b", "x");
        (await another.NextAsync()).Data.ShouldBe("x");
        return published;
    }

    private async Task AdvanceAsync(int seconds, Task until)
    {
        for (var i = 0; i < seconds; i++) _time.Advance(TimeSpan.FromSeconds(1));
        await until;
    }
}
