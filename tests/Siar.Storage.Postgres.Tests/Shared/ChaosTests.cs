using System.Collections.Concurrent;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.Storage.Postgres.Tests.Shared;

/// <summary>Hubs whose ways to the server fail all the time, and publishers that send again under their keys what was not answered, at any hub.</summary>
public sealed class ChaosTests
{
    private const int Publishers = 4;
    private const int Each = 40;
    private const int Faults = 30;

    [Fact]
    public async Task Whatever_fails_between_hubs_and_server_what_was_acknowledged_is_there_once_and_in_one_order()
    {
        var server = (await PostgresServer.Shared).Port;
        var connection = await Databases.MakeAsync();
        await using var proxyA = new TcpProxy(server);
        await using var proxyB = new TcpProxy(server);
        TcpProxy[] proxies = [proxyA, proxyB];
        await using var a = await OpenAsync(connection, server, proxyA);
        await using var b = await OpenAsync(connection, server, proxyB);
        PostgresLog[] hubs = [a, b];

        var acknowledged = new ConcurrentDictionary<string, long>();
        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(p => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++) acknowledged[$"{p}:{i}"] = await PublishAsync(hubs, $"{p}:{i}", p);
        })));
        var random = new Random(20251130);
        for (var fault = 0; fault < Faults && !publishing.IsCompleted; fault++)
        {
            var proxy = proxies[random.Next(2)];
            switch (random.Next(4))
            {
                case 0:
                    proxy.LoseAnswer(static answer => answer.Span.IndexOf("C\0\0\0\u000bCOMMIT"u8) >= 0);
                    break;
                case 1:
                    proxy.LoseAnswer(static _ => true);
                    break;
                case 2:
                    proxy.Cut();
                    break;
                default:
                    proxy.Stop(toServer: random.Next(2) == 0, toClients: true);
                    break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)), TimeProvider.System);
            proxy.Heal();
        }

        await publishing;
        foreach (var hub in hubs) await hub.MaintainAsync();
        foreach (var hub in hubs)
        {
            var events = await TwoHubs.FollowAsync(hub, 0, Publishers * Each);
            events.Select(e => e.Position).ShouldBe(Enumerable.Range(1, Publishers * Each).Select(i => (long)i));
            events.ToDictionary(e => e.Content.GetText(), e => e.Position).ShouldBe(acknowledged, ignoreOrder: true);
            for (var p = 0; p < Publishers; p++)
                events.Select(e => e.Content.GetText()).Where(t => t.StartsWith($"{p}:", StringComparison.Ordinal)).ShouldBe(Enumerable.Range(0, Each).Select(i => $"{p}:{i}"));
        }

        a.Epoch.ShouldBe(b.Epoch);
        (await Databases.ReadAsync(connection, "SELECT max(ordinal) FROM siar.epoch")).ShouldBe(1);
    }

    private static Task<PostgresLog> OpenAsync(string connection, int server, TcpProxy proxy) => TwoHubs.OpenAsync(
        connection.Replace($"Port={server};", $"Port={proxy.Port};", StringComparison.Ordinal), configure: o => o.Timeout = TimeSpan.FromSeconds(2));

    // At the other hub the next time, until one has said that it is done.
    private static async Task<long> PublishAsync(PostgresLog[] hubs, string text, int first)
    {
        var key = new IdempotencyKey("publisher", text, 1, TimeSpan.FromHours(1));
        for (var attempt = first; ; attempt++)
        {
            try
            {
                var appended = await TwoHubs.AppendAsync(hubs[attempt % 2], TwoHubs.Content("t", text), key);
                return appended.Events[0].Position;
            }
            catch (LogUnavailableException) when (attempt < first + 1_000)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }
        }
    }
}
