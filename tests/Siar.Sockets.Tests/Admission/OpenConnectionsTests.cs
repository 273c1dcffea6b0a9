using System.Net.Sockets;
using Microsoft.AspNetCore.HttpOverrides;
using Siar.AspNetCore;
using Siar.AspNetCore.Tests;
using Siar.TestKit;

namespace Siar.Sockets.Tests.Admission;

/// <summary>What holds of connections, whatever goes over them: on bare sockets, and on the server's own.</summary>
public sealed class OpenConnectionsTests
{
    private const string Get = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_connection_more_than_an_address_may_have_is_closed_at_once_and_has_room_when_another_ends(bool isPortable)
    {
        await using var hub = await StartAsync(isPortable, o => o.Limits.OpenConnectionsPerAddress = 2);
        using var first = await hub.ConnectAsync();
        using var second = await hub.ConnectAsync();
        await AnswersAsync(first);
        await AnswersAsync(second);

        (await IsTurnedAwayAsync(hub)).ShouldBeTrue();
        await AnswersAsync(first);

        second.Dispose();
        SpinWait.SpinUntil(() => GateOf(hub).Open == 1, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        using var fourth = await hub.ConnectAsync();
        await AnswersAsync(fourth);
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_proxy_that_is_trusted_has_as_many_as_there_are_in_all(bool isPortable)
    {
        await using var hub = await StartAsync(isPortable, o => (o.Limits.OpenConnectionsPerAddress, o.Limits.OpenConnections) = (1, 3), s => s.Configure<ForwardedHeadersOptions>(f =>
        {
            f.ForwardedHeaders = ForwardedHeaders.XForwardedFor;
            f.KnownIPNetworks.Add(System.Net.IPNetwork.Parse("127.0.0.0/8"));
        }));
        var connections = new List<RawConnection>();
        for (var i = 0; i < 3; i++)
        {
            connections.Add(await hub.ConnectAsync());
            await AnswersAsync(connections[i]);
        }

        (await IsTurnedAwayAsync(hub)).ShouldBeTrue();
        foreach (var connection in connections) connection.Dispose();
    }

    [Fact]
    public async Task A_stream_that_has_left_the_server_keeps_its_connection_s_place_to_its_end()
    {
        await using var hub = await StartAsync(isPortable: false, o => o.Limits.OpenConnectionsPerAddress = 1);
        using (var stream = await hub.SubscribeAsync("/events/a"))
        {
            await stream.ReadThroughAsync("retry: ");
            while (hub.Core.Subscribers == 0) await Task.Yield();
            (await IsTurnedAwayAsync(hub)).ShouldBeTrue();
        }

        SpinWait.SpinUntil(() => GateOf(hub).Open == 0, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        using var next = await hub.ConnectAsync();
        await AnswersAsync(next);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_says_nothing_is_cut_and_one_that_waits_for_its_next_request_lives_on(bool isPortable)
    {
        await using var hub = await StartAsync(isPortable, _ => { });
        var gate = GateOf(hub);
        using var pooled = await hub.ConnectAsync();
        await AnswersAsync(pooled);
        using var slow = await hub.ConnectAsync();
        await slow.SendAsync("G");
        using var silent = await hub.ConnectAsync();
        SpinWait.SpinUntil(() => gate is { Open: 3, Silent.Count: 1 }, TimeSpan.FromSeconds(30)).ShouldBeTrue();

        _time.Advance(TimeSpan.FromSeconds(9));
        gate.Silent.Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(2));

        (await IsCutAsync(silent)).ShouldBeTrue();
        await AnswersAsync(pooled);
        await slow.SendAsync(Get[1..]);
        (await slow.ReadThroughAsync("\r\n")).ShouldStartWith("HTTP/1.1 200");
        SpinWait.SpinUntil(() => gate.Open == 2, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_came_later_is_cut_later(bool isPortable)
    {
        await using var hub = await StartAsync(isPortable, o => o.Limits.FirstByteTimeout = TimeSpan.FromSeconds(4));
        var gate = GateOf(hub);
        using var first = await hub.ConnectAsync();
        SpinWait.SpinUntil(() => gate.Silent.Count == 1, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(3));
        using var second = await hub.ConnectAsync();
        SpinWait.SpinUntil(() => gate.Silent.Count == 2, TimeSpan.FromSeconds(30)).ShouldBeTrue();

        _time.Advance(TimeSpan.FromSeconds(2));
        (await IsCutAsync(first)).ShouldBeTrue();
        await AnswersAsync(second);
    }

    private Task<TestHub> StartAsync(bool isPortable, Action<SiarOptions> options, Action<IServiceCollection>? services = null) => TestHub.StartAsync(new TestHubSetup
    {
        Options = options,
        // The project's own sockets take what the last registration takes.
        Siar = s =>
        {
            if (isPortable) s.UseSockets(o => o.Takes = static _ => false);
            s.Services.AddSingleton<TimeProvider>(_time);
            services?.Invoke(s.Services);
        },
        Server = k => k.AddServerHeader = false,
    });

    private static ConnectionGate GateOf(TestHub hub) => hub.Services.GetRequiredService<ConnectionGate>();

    private static async Task AnswersAsync(RawConnection connection)
    {
        await connection.SendAsync(Get);
        (await connection.ReadThroughAsync("\"ok\"")).ShouldStartWith("HTTP/1.1 200");
        await connection.ReadThroughAsync("}");
    }

    private static async Task<bool> IsTurnedAwayAsync(TestHub hub)
    {
        try
        {
            using var connection = await hub.ConnectAsync();
            return await IsCutAsync(connection);
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<bool> IsCutAsync(RawConnection connection)
    {
        try
        {
            return await connection.ReadToEndAsync() == "";
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
