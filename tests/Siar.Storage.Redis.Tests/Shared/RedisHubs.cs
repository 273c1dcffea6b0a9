using System.Collections.Immutable;
using System.Text;
using Siar.Hub;
using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Redis.Tests.Shared;

/// <summary>Hubs' logs over one log, and short words for using them.</summary>
internal static class RedisHubs
{
    private static int _logs;

    public static RetentionPlan Unlimited { get; } = new(new RetentionLimits(null, null, null), []);

    /// <summary>A name that no other log has.</summary>
    public static string NewName() => $"log_{Interlocked.Increment(ref _logs)}";

    public static Task<RedisLog> OpenAsync(string connection, string name, Action<RedisLogOptions>? configure = null, RetentionPlan? plan = null)
    {
        var options = new RedisLogOptions { Log = name };
        configure?.Invoke(options);
        return RedisLog.OpenAsync(connection, options, plan ?? Unlimited, TimeProvider.System);
    }

    /// <summary>Opens a log of the shared server through a proxy.</summary>
    public static Task<RedisLog> OpenAsync(TcpProxy proxy, string name, int seconds = 10) =>
        OpenAsync($"127.0.0.1:{proxy.Port}", name, o => o.Timeout = TimeSpan.FromSeconds(seconds));

    public static Event Content(string topic, string data = "x", string? id = null, string? key = null) =>
        new([Topic.Parse(topic)], Encoding.UTF8.GetBytes(data)) { Id = id is null ? default : EventId.Parse(id), Key = key };

    public static async Task<Appended> AppendAsync(RedisLog log, Event content, IdempotencyKey? key = null) =>
        (await log.AppendAsync([new Append([content]) { Idempotency = key }]))[0];

    /// <summary>Appends, however long the engine is away.</summary>
    public static async Task<LoggedEvent> AppendUntilKeptAsync(RedisLog log, string text)
    {
        var key = new IdempotencyKey("test", text, 1, TimeSpan.FromHours(1));
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return (await AppendAsync(log, Content("t", text), key)).Events[0];
            }
            catch (LogUnavailableException) when (attempt < 1_000)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    /// <summary>What a hub's follower gets behind a position, until so many events have come.</summary>
    public static async Task<ImmutableArray<LoggedEvent>> FollowAsync(RedisLog log, long after, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var events = ImmutableArray.CreateBuilder<LoggedEvent>();
        while (events.Count < count)
        {
            var page = await log.ReadTailAsync(after, patience.Token);
            events.AddRange(page.Events);
            after = page.ReadThrough;
        }

        return events.DrainToImmutable();
    }

    /// <summary>Has a hub look after its log until something is so.</summary>
    public static async Task MaintainUntilAsync(RedisLog log, Func<bool> isSo)
    {
        for (var attempt = 0; !isSo(); attempt++)
        {
            attempt.ShouldBeLessThan(2_000);
            await log.MaintainAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public static string Texts(IEnumerable<LoggedEvent> events) => string.Join(' ', events.Select(e => e.Content.GetText()));

    /// <summary>Whether bytes from the server hold the answer to a publish.</summary>
    public static bool IsAck(ReadOnlyMemory<byte> answer) => answer.Span.IndexOf("*2\r\n:1\r\n:"u8) >= 0;
}
