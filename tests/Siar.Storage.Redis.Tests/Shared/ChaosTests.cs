using Siar.Storage.Contract;
using Siar.TestKit;

namespace Siar.Storage.Redis.Tests.Shared;

/// <summary>Hubs whose ways to the engine fail all the time.</summary>
public sealed class ChaosTests
{
    [Fact]
    public async Task Whatever_fails_between_hubs_and_server_what_was_acknowledged_is_there_once_and_in_one_order()
    {
        var server = await RedisServer.Shared;
        await using var proxyA = new TcpProxy(server.Port);
        await using var proxyB = new TcpProxy(server.Port);
        var name = RedisHubs.NewName();
        await using var a = await RedisHubs.OpenAsync(proxyA, name, seconds: 3);
        await using var b = await RedisHubs.OpenAsync(proxyB, name, seconds: 3);
        await SharedLogChaos.CheckAsync([a, b], publishing => SharedLogChaos.DisturbAsync([proxyA, proxyB], RedisHubs.IsAck, publishing));
    }
}
