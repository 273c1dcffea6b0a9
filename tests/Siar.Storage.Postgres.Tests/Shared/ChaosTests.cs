using Siar.Storage.Contract;
using Siar.TestKit;

namespace Siar.Storage.Postgres.Tests.Shared;

/// <summary>Hubs whose ways to the server fail all the time.</summary>
public sealed class ChaosTests
{
    [Fact]
    public async Task Whatever_fails_between_hubs_and_server_what_was_acknowledged_is_there_once_and_in_one_order()
    {
        var server = (await PostgresServer.Shared).Port;
        var connection = await Databases.MakeAsync();
        await using var proxyA = new TcpProxy(server);
        await using var proxyB = new TcpProxy(server);
        await using var a = await OpenAsync(connection, server, proxyA);
        await using var b = await OpenAsync(connection, server, proxyB);
        await SharedLogChaos.CheckAsync(
            [a, b], publishing => SharedLogChaos.DisturbAsync([proxyA, proxyB], static answer => answer.Span.IndexOf("C\0\0\0\u000bCOMMIT"u8) >= 0, publishing));
        (await Databases.ReadAsync(connection, "SELECT max(ordinal) FROM siar.epoch")).ShouldBe(1);
    }

    private static Task<PostgresLog> OpenAsync(string connection, int server, TcpProxy proxy) => TwoHubs.OpenAsync(
        connection.Replace($"Port={server};", $"Port={proxy.Port};", StringComparison.Ordinal), configure: o => o.Timeout = TimeSpan.FromSeconds(2));
}
