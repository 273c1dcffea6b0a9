using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Siar.AspNetCore.Tests;
using Siar.Hub;

namespace Siar.Sockets.Tests.Transport;

/// <summary>
/// Clients that come and go in every bad way at once. The environment variable <c>SIAR_STORM</c> says how many connections the storm has, where
/// more than a test's time is at hand.
/// </summary>
public sealed class StormTests
{
    private const int AtOnce = 50;

    private static readonly int Connections = int.Parse(Environment.GetEnvironmentVariable("SIAR_STORM") ?? "1500");

    [Fact]
    public async Task Connections_that_are_opened_and_dropped_leave_nothing_behind()
    {
        await using var hub = await TestHub.StartAsync(Unlimited);
        var transport = hub.Services.GetServices<IConnectionListenerFactory>().OfType<SocketTransport>().Single();
        using var steady = await EventStream.OpenLiveAsync(hub.Client, "/events/steady");

        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (Interlocked.Increment(ref next) <= Connections) await VisitAsync(hub, random);
        })));
        for (var i = 0; i < 20; i++) await hub.Hub.PublishAsync("a", "nobody is there");

        while (hub.Core.Subscribers > 1) await Task.Yield();
        // The listener, the steady reader, and perhaps the client's connection that serves it no longer.
        SpinWait.SpinUntil(() => transport.Count <= 3, TimeSpan.FromSeconds(30)).ShouldBeTrue($"{transport.Count} sockets are open");
        await hub.Hub.PublishAsync("steady", "still here");
        (await steady.NextAsync()).Data.ShouldBe("still here");
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Readers_with_tiny_windows_get_every_event_while_others_fall_over()
    {
        const int Events = 300;
        await using var hub = await TestHub.StartAsync(Unlimited);
        using var over = new CancellationTokenSource();
        var fallers = Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (!over.IsCancellationRequested) await VisitAsync(hub, random);
        })).ToList();
        var readers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => OpenSlowAsync(hub, i)));
        var reading = readers.Select((r, i) => Task.Run(() => ReadAllAsync(r, Events, new Random(i)))).ToList();

        var sizes = new Random(7);
        for (var i = 0; i < Events; i++) await hub.Hub.PublishAsync("a", $"{i}:" + new string('x', sizes.Next(10) == 0 ? sizes.Next(100_000) : sizes.Next(300)));
        await Task.WhenAll(reading);

        await over.CancelAsync();
        await Task.WhenAll(fallers);
        foreach (var reader in readers) reader.Dispose();
        hub.Log.Errors.ShouldBeEmpty();
    }

    private static void Unlimited(AspNetCore.SiarOptions options)
    {
        options.Limits.ConnectionsPerAddress = 100_000;
        options.Hub.Retention = new RetentionLimits(100, null, null);
        options.Hub.Lanes = 2;
    }

    private static async Task VisitAsync(TestHub hub, Random random)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (random.Next(3) == 0) socket.ReceiveBufferSize = 2_048;
        try
        {
            await socket.ConnectAsync(hub.Address.Host, hub.Address.Port);
            if (random.Next(3) == 0) socket.LingerState = new LingerOption(enable: true, 0);
            var request = Encoding.ASCII.GetBytes($"GET /events/a?lastEventId={(random.Next(2) == 0 ? "earliest" : "")} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await socket.SendAsync(random.Next(6) == 0 ? request.AsMemory(0, random.Next(request.Length)) : request);
            if (random.Next(4) == 0) socket.Shutdown(SocketShutdown.Send);
            var buffer = new byte[random.Next(1, 4_096)];
            for (var reads = random.Next(4); reads > 0; reads--)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
                if (await socket.ReceiveAsync(buffer, patience.Token) == 0) return;
                if (random.Next(4) == 0) await socket.SendAsync("garbage behind the request"u8.ToArray());
            }
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            // Being cut off is what it came for.
        }
    }

    private static async Task<RawConnection> OpenSlowAsync(TestHub hub, int number)
    {
        var reader = await RawConnection.OpenAsync(hub.Address, receiveBuffer: 2_048 + (number * 100));
        await reader.SendAsync("GET /events/a?signals=on HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await reader.ReadThroughAsync("siar.live");
        await reader.ReadThroughAsync("\n\n\r\n");
        return reader;
    }

    /// <summary>Every event is one chunk: the next number, or a gap that the hub tells of because the reader was too slow for what is kept.</summary>
    private static async Task ReadAllAsync(RawConnection reader, int events, Random random)
    {
        var next = 0;
        while (next < events)
        {
            if (random.Next(5) == 0) await Task.Yield();
            var length = Convert.ToInt32((await reader.ReadThroughAsync("\r\n")).TrimEnd(), 16);
            var payload = (await reader.ReadThroughAsync("\n\r\n"))[..^2];
            payload.Length.ShouldBe(length);
            if (payload == ":\n") continue;
            if (payload.Contains("event: siar.gap\n", StringComparison.Ordinal)) next = -1;
            if (payload.IndexOf("data: ", StringComparison.Ordinal) is not (>= 0 and var at) || payload.StartsWith("event: siar.", StringComparison.Ordinal)) continue;
            var number = int.Parse(payload.AsSpan(at + 6, payload.IndexOf(':', at + 6) - at - 6));
            if (next >= 0) number.ShouldBe(next);
            next = number + 1;
        }
    }
}
