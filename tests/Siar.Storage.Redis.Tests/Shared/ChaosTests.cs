using System.Collections.Concurrent;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.Storage.Redis.Tests.Shared;

/// <summary>Hubs whose ways to the engine fail all the time, and publishers that send again under their keys what was not answered, at any hub.</summary>
public sealed class ChaosTests
{
    private const int Publishers = 4;
    private const int Each = 40;
    private const int Faults = 30;

    [Fact]
    public async Task Whatever_fails_between_hubs_and_server_what_was_acknowledged_is_there_once_and_in_one_order()
    {
        var server = await RedisServer.Shared;
        await using var proxyA = new TcpProxy(server.Port);
        await using var proxyB = new TcpProxy(server.Port);
        TcpProxy[] proxies = [proxyA, proxyB];
        var name = RedisHubs.NewName();
        await using var a = await RedisHubs.OpenAsync(proxyA, name, seconds: 3);
        await using var b = await RedisHubs.OpenAsync(proxyB, name, seconds: 3);
        var random = new Random(20251130);
        await CheckAsync([a, b], async publishing =>
        {
            for (var fault = 0; fault < Faults && !publishing.IsCompleted; fault++)
            {
                var proxy = proxies[random.Next(2)];
                switch (random.Next(4))
                {
                    case 0:
                        proxy.LoseAnswer(RedisHubs.IsAck);
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
        });
    }

    private static async Task CheckAsync(RedisLog[] hubs, Func<Task, Task> disturbAsync)
    {
        var epoch = hubs[0].Epoch;
        var acknowledged = new ConcurrentDictionary<string, long>();
        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(p => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++) acknowledged[$"{p}:{i}"] = await PublishAsync(hubs, $"{p}:{i}", p);
        })));
        await disturbAsync(publishing);
        await publishing;
        var last = await RedisHubs.AppendUntilKeptAsync(hubs[0], "last");
        foreach (var hub in hubs)
        {
            var events = await RedisHubs.FollowAsync(hub, 0, (int)last.Position);
            events.Select(e => e.Position).ShouldBe(Enumerable.Range(1, (int)last.Position).Select(i => (long)i));
            events.Where(e => char.IsAsciiDigit(e.Content.GetText()[0])).ToDictionary(e => e.Content.GetText(), e => e.Position).ShouldBe(acknowledged, ignoreOrder: true);
            for (var p = 0; p < Publishers; p++)
                events.Select(e => e.Content.GetText()).Where(t => t.StartsWith($"{p}:", StringComparison.Ordinal)).ShouldBe(Enumerable.Range(0, Each).Select(i => $"{p}:{i}"));
            hub.Epoch.ShouldBe(epoch);
        }
    }

    // At the other hub the next time, until one has said that it is done.
    private static async Task<long> PublishAsync(RedisLog[] hubs, string text, int first)
    {
        var key = new IdempotencyKey("publisher", text, 1, TimeSpan.FromHours(1));
        for (var attempt = first; ; attempt++)
        {
            try
            {
                return (await RedisHubs.AppendAsync(hubs[attempt % 2], RedisHubs.Content("t", text), key)).Events[0].Position;
            }
            catch (LogUnavailableException) when (attempt < first + 1_000)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }
        }
    }
}
