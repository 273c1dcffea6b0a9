using System.IO.Pipelines;
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
