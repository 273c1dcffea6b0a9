using System.Collections.Concurrent;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.Storage.Contract;

/// <summary>Publishers that send again under their keys what was not answered, at any of two hubs, while something is done to the hubs' ways to the engine, or to the engine.</summary>
public static class SharedLogChaos
{
    private const int Publishers = 4;
    private const int Each = 40;
    private const int Faults = 30;

    /// <summary>Whatever is done meanwhile, what was acknowledged is there once, at every hub, in one order, and in the epoch that it began in.</summary>
    /// <param name="hubs">Two hubs' logs.</param>
    /// <param name="disturbAsync">What is done; it is given the publishing, and may end with it.</param>
    public static async Task CheckAsync(IReadOnlyList<IEventLog> hubs, Func<Task, Task> disturbAsync)
    {
        var epoch = hubs[0].Epoch;
        var acknowledged = new ConcurrentDictionary<string, long>();
        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(p => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++) acknowledged[$"{p}:{i}"] = await PublishAsync(hubs, $"{p}:{i}", p);
        })));
        await disturbAsync(publishing);
        await publishing;
        var last = await SharedLogs.AppendUntilKeptAsync(hubs[0], "last");
        foreach (var hub in hubs) await hub.MaintainAsync();
        foreach (var hub in hubs)
        {
            var events = await SharedLogs.FollowAsync(hub, 0, (int)last.Position);
            events.Select(e => e.Position).ShouldBe(Enumerable.Range(1, (int)last.Position).Select(i => (long)i));
            events.Where(e => char.IsAsciiDigit(e.Content.GetText()[0])).ToDictionary(e => e.Content.GetText(), e => e.Position).ShouldBe(acknowledged, ignoreOrder: true);
            for (var p = 0; p < Publishers; p++)
                events.Select(e => e.Content.GetText()).Where(t => t.StartsWith($"{p}:", StringComparison.Ordinal)).ShouldBe(Enumerable.Range(0, Each).Select(i => $"{p}:{i}"));
            hub.Epoch.ShouldBe(epoch);
        }
    }

    /// <summary>Does to the hubs' ways to the engine what networks do, as long as it is published.</summary>
    /// <param name="proxies">A way for each of two hubs.</param>
    /// <param name="isAck">Whether bytes from the engine hold the answer to an append.</param>
    /// <param name="publishing">What it ends with.</param>
    public static async Task DisturbAsync(IReadOnlyList<TcpProxy> proxies, Func<ReadOnlyMemory<byte>, bool> isAck, Task publishing)
    {
        var random = new Random(20251130);
        for (var fault = 0; fault < Faults && !publishing.IsCompleted; fault++)
        {
            var proxy = proxies[random.Next(2)];
            switch (random.Next(4))
            {
                case 0:
                    proxy.LoseAnswer(isAck);
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
    }

    // At the other hub the next time, until one has said that it is done.
    private static async Task<long> PublishAsync(IReadOnlyList<IEventLog> hubs, string text, int first)
    {
        var key = new IdempotencyKey("publisher", text, 1, TimeSpan.FromHours(1));
        for (var attempt = first; ; attempt++)
        {
            try
            {
                return (await SharedLogs.AppendAsync(hubs[attempt % 2], SharedLogs.Content("t", text), key)).Events[0].Position;
            }
            catch (LogUnavailableException) when (attempt < first + 1_000)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }
        }
    }
}
