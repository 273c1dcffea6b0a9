using Siar.Topics;

namespace Siar.Hub.Tests.Statistics;

/// <summary>What is counted by topic.</summary>
public sealed class TopicActivityTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Events_are_counted_once_and_silence_lowers_the_rate()
    {
        var core = new TestCore();
        var activity = new TopicActivity(core.Hub.Window, new Random(1));
        for (var i = 0; i < 30; i++) await core.PublishAsync("a", "1");
        activity.CatchUp(Second);
        activity.CatchUp(TimeSpan.Zero);
        var (topic, rate, events, _) = activity.MostActive(10).ShouldHaveSingleItem();

        topic.Value.ShouldBe("a");
        events.ShouldBe(30);
        activity.CatchUp(Second);
        activity.MostActive(10)[0].Rate.ShouldBeLessThan(rate);
    }

    [Fact]
    public async Task Of_very_many_events_a_part_stands_for_all()
    {
        var core = new TestCore();
        var activity = new TopicActivity(core.Hub.Window, new Random(1));
        var batch = Enumerable.Range(0, 100_000).Select(i => new Event(Topic.Parse(i % 4 == 0 ? "rare" : "often"), "1"));
        await core.Hub.EnqueueAsync([.. batch], default);
        await core.SettleAsync();

        activity.CatchUp(Second);

        var found = activity.MostActive(10);
        found[0].Topic.Value.ShouldBe("often");
        found[0].Events.ShouldBeInRange(70_000, 80_000);
        found[1].Events.ShouldBeInRange(22_000, 28_000);
    }

    [Fact]
    public async Task Topics_that_were_silent_the_longest_are_forgotten()
    {
        var core = new TestCore();
        var activity = new TopicActivity(core.Hub.Window, new Random(1), maxTopics: 8);
        for (var i = 0; i < 9; i++)
        {
            await core.PublishAsync($"{i}", "1");
            await core.AdvanceAsync(1);
        }

        activity.CatchUp(Second);

        activity.MostActive(10).Select(t => t.Topic.Value).Order().ShouldBe(["3", "4", "5", "6", "7", "8"]);
    }
}
