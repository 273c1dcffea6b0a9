using Siar.Storage.Contract;
using Siar.TestKit;

namespace Siar.Storage.Nats.Tests.Shared;

/// <summary>Hubs whose ways to the engine fail all the time, and an engine whose servers do.</summary>
public sealed class ChaosTests
{
    [Fact]
    public async Task Whatever_fails_between_hubs_and_server_what_was_acknowledged_is_there_once_and_in_one_order()
    {
        var server = await NatsServer.Shared;
        await using var proxyA = new TcpProxy(server.Port);
        await using var proxyB = new TcpProxy(server.Port);
        var name = NatsHubs.NewName();
        await using var a = await NatsHubs.OpenAsync(proxyA, name, seconds: 3);
        await using var b = await NatsHubs.OpenAsync(proxyB, name, seconds: 3);
        await SharedLogChaos.CheckAsync([a, b], publishing => SharedLogChaos.DisturbAsync([proxyA, proxyB], NatsHubs.IsAck, publishing));
    }

    /// <summary>Three servers keep the stream; each dies in turn, the leader among them.</summary>
    [Fact]
    public async Task When_servers_of_a_cluster_die_in_turn_nothing_acknowledged_is_lost_and_the_epoch_stays()
    {
        var servers = await NatsServer.StartClusterAsync(3);
        try
        {
            var urls = string.Join(',', servers.Select(s => s.Url));
            await using var a = await NatsHubs.OpenAsync(urls, "siar", o => o.Timeout = TimeSpan.FromSeconds(30));
            await using var b = await NatsHubs.OpenAsync(urls, "siar", o => o.Timeout = TimeSpan.FromSeconds(30));
            await SharedLogChaos.CheckAsync([a, b], async publishing =>
            {
                foreach (var server in servers)
                {
                    if (publishing.IsCompleted) return;
                    await server.KillAsync();
                    await SharedLogs.AppendUntilKeptAsync(a, $"x:{server.Port}");
                    await server.StartAgainAsync();
                    await SharedLogs.AppendUntilKeptAsync(b, $"y:{server.Port}");
                }
            });
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }
}
