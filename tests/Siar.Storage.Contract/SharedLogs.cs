using System.Collections.Immutable;
using System.Text;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Contract;

/// <summary>Short words for using one of several hubs' logs over one log.</summary>
public static class SharedLogs
{
    public static RetentionPlan Unlimited { get; } = new(new RetentionLimits(null, null, null), []);

    public static Event Content(string topic, string data = "x", string? id = null, string? key = null) =>
        new([Topic.Parse(topic)], Encoding.UTF8.GetBytes(data)) { Id = id is null ? default : EventId.Parse(id), Key = key };

    public static async Task<Appended> AppendAsync(IEventLog log, Event content, IdempotencyKey? key = null, PublishCondition? condition = null) =>
        (await log.AppendAsync([new Append([content]) { Idempotency = key, Condition = condition }]))[0];

    /// <summary>Appends, however long the engine is away.</summary>
    public static async Task<LoggedEvent> AppendUntilKeptAsync(IEventLog log, string text)
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
    public static async Task<ImmutableArray<LoggedEvent>> FollowAsync(IEventLog log, long after, int count)
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
    public static async Task MaintainUntilAsync(IEventLog log, Func<bool> isSo)
    {
        for (var attempt = 0; !isSo(); attempt++)
        {
            attempt.ShouldBeLessThan(2_000);
            await log.MaintainAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public static string Texts(IEnumerable<LoggedEvent> events) => string.Join(' ', events.Select(e => e.Content.GetText()));
}
