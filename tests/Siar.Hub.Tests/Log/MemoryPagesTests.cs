using Siar.TestKit;
using Siar.Topics;

namespace Siar.Hub.Tests.Log;

/// <summary>What a page of the log in memory says while others append, and the log is trimmed.</summary>
public sealed class MemoryPagesTests
{
    private const int Topics = 100;
    private static readonly MatcherSet Pattern = MatcherSet.Of(Matcher.TryCreateUriTemplate("even/{n}", out var template, out _) ? template : throw new FormatException());

    [Fact]
    public async Task A_page_tells_a_gap_exactly_where_events_are_missing_however_fast_the_log_is_trimmed()
    {
        await using var log = new MemoryLog(new RetentionLimits(3_000, null, null), [], new ManualTimeProvider());
        await AppendAsync(log, 3_000);
        using var stop = new CancellationTokenSource();
        var appending = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await AppendAsync(log, 40);
        });

        try
        {
            for (var i = 0; i < 200; i++)
            {
                var after = log.Trimmed.Highest;
                var page = await log.ReadAsync(new LogQuery(after, Pattern, 2_000, 1 << 20));
                var given = page.Events.Select(e => e.Position).ToHashSet();
                var isMissing = Enumerable.Range(1, (int)(page.ReadThrough - after)).Any(n => IsEven(after + n) && !given.Contains(after + n));
                (page.Trimmed.Floor(Pattern, MatcherSet.None) > after).ShouldBe(isMissing, $"after {after}, through {page.ReadThrough}");
            }
        }
        finally
        {
            await stop.CancelAsync();
            await appending;
        }
    }

    [Fact]
    public async Task The_newest_of_many_topics_are_found_while_others_append_and_each_topic_has_as_many_as_were_asked_for()
    {
        await using var log = new MemoryLog(new RetentionLimits(null, null, null), [], new ManualTimeProvider());
        await AppendAsync(log, 40_000);
        var cut = log.Head;
        var appending = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++) await AppendAsync(log, 20);
        });
        var found = new Dictionary<string, int>();
        for (var after = 0L; after < cut;)
        {
            var page = await log.ReadAsync(new LogQuery(after, MatcherSet.All, 5_000, 1 << 24) { Selection = new EventSelection(150, MatcherSet.None, cut) });
            page.ReadThrough.ShouldBeGreaterThan(after);
            foreach (var logged in page.Events) found[logged.Content.Topics[0].Value] = found.GetValueOrDefault(logged.Content.Topics[0].Value) + 1;
            after = page.ReadThrough;
        }

        await appending;
        found.Count.ShouldBe(2 * Topics);
        found.Values.ShouldAllBe(n => n == 150);
    }

    private static bool IsEven(long position) => position % 2 == 0;

    private static async Task AppendAsync(MemoryLog log, int count)
    {
        var first = log.Head + 1;
        await log.AppendAsync([new Append([.. Enumerable.Range(0, count).Select(i => new Event(TopicAt(first + i), "x"))])]);
    }

    private static Topic TopicAt(long position) => Topic.Parse($"{(IsEven(position) ? "even" : "odd")}/{position / 2 % Topics}");
}
