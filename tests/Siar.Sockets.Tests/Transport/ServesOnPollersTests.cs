using System.IO.Pipelines;
using System.Net.Sockets;
using Siar.AspNetCore.Tests;

namespace Siar.Sockets.Tests.Transport;

/// <summary>Requests on the threads that wait for sockets: no thread between, and the same answers.</summary>
public sealed class ServesOnPollersTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_received_is_read_at_once_only_where_that_is_asked_for(bool servesOnPollers)
    {
        using var sockets = new SocketPair(options: new SocketsOptions { ServesOnPollers = servesOnPollers });

        sockets.Transport.InputOptions.ReaderScheduler.ShouldBe(servesOnPollers ? PipeScheduler.Inline : PipeScheduler.ThreadPool);
    }

    [Fact]
    public async Task A_peer_that_goes_on_sending_does_not_keep_the_poller()
    {
        using var sockets = new SocketPair(options: new SocketsOptions { ServesOnPollers = true, Pollers = 1 });
        var runs = new List<int>();
        for (var i = 0; i < 20; i++) runs.AddRange(await ReceiveInRunsAsync(sockets));

        runs.Max().ShouldBeInRange(1, 8);
    }

    [Fact]
    public async Task A_transport_may_be_disposed_of_on_the_thread_of_its_poller()
    {
        var sockets = new SocketPair(options: new SocketsOptions { ServesOnPollers = true, Pollers = 1 });
        var (client, server) = sockets.Connect();
        var connection = SocketConnection.Start(sockets.Transport, sockets.Transport.NextPoller(), server, null, null);
        var disposed = Task.Run(async () =>
        {
            await connection.Transport.Input.ReadAsync();
            sockets.Dispose();
        });

        client.Send("x"u8);

        await disposed.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        client.Dispose();
    }

    /// <summary>Receives what was sent before, and tells how many receives in a row the poller's thread made.</summary>
    private static async Task<List<int>> ReceiveInRunsAsync(SocketPair sockets)
    {
        var (client, server) = sockets.Connect();
        client.Blocking = false;
        var sent = 0;
        while (sent < 500_000 && client.Send(new byte[10_000], 0, 10_000, SocketFlags.None, out var error) is var count && error is SocketError.Success) sent += count;
        sent.ShouldBeGreaterThan(60_000);
        var connection = SocketConnection.Start(sockets.Transport, sockets.Transport.NextPoller(), server, null, null);
        List<int> runs = [0];
        for (var received = 0L; received < sent;)
        {
            var read = await connection.Transport.Input.ReadAsync(TestContext.Current.CancellationToken);
            if (Thread.CurrentThread.Name == "Siar poller 0") runs[^1]++;
            else runs.Add(0);
            received += read.Buffer.Length;
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }

        client.Dispose();
        await connection.DisposeAsync();
        return runs;
    }

    [Fact]
    public async Task Many_publish_and_read_at_once_over_one_poller()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Siar = siar => siar.UseSockets(sockets => (sockets.ServesOnPollers, sockets.Pollers) = (true, 1)),
        });
        var readers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => EventStream.OpenLiveAsync(hub.Client, "/events/a")));

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => hub.Client.PostAsync(new Uri("/events/a", UriKind.Relative), new StringContent($"{i}"), TestContext.Current.CancellationToken)));

        foreach (var reader in readers)
        {
            var seen = new List<string>();
            while (seen.Count < 50) seen.Add((await reader.NextAsync()).Data);
            seen.Order().ShouldBe(Enumerable.Range(0, 50).Select(i => $"{i}").Order());
            reader.Dispose();
        }
    }
}
