using System.Collections.Immutable;
using System.Text;
using Siar.Hub;
using Siar.Storage.Sqlite;
using Siar.Topics;

namespace Siar.Bench.Storage;

/// <summary>A history of a million events.</summary>
internal static class BigLog
{
    public const int Events = 1_000_000;
    private const int Batch = 10_000;
    private static readonly byte[] Data = Encoding.UTF8.GetBytes(new string('x', 100));

    public static SqliteLog Open(string path) => SqliteLog.Open(
        path,
        new SqliteLogOptions { Durability = SqliteDurability.ProcessDeath },
        new RetentionPlan(new RetentionLimits(null, null, null), []),
        TimeProvider.System);

    public static string TopicOf(int number) => $"https://example.com/users/{number}/orders";

    /// <summary>Events on random topics. Every hundredth has an id of its publisher's.</summary>
    public static async Task FillAsync(IEventLog log, int topics)
    {
        var random = new Random(1);
        var names = Enumerable.Range(0, topics).Select(n => Topic.Parse(TopicOf(n))).ToArray();
        for (var i = 0; i < Events; i += Batch)
        {
            var events = ImmutableArray.CreateBuilder<Event>(Batch);
            for (var j = 0; j < Batch; j++)
            {
                var id = (i + j) % 100 == 0 ? Siar.Wire.EventId.Parse($"own-{i + j}") : default;
                events.Add(new Event([names[random.Next(topics)]], Data) { Id = id });
            }

            await log.AppendAsync([new Append(events.MoveToImmutable())]);
        }
    }
}
