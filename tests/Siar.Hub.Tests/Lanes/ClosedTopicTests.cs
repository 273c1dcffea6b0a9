using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests;

public sealed class ClosedTopicTests
{
    [Fact]
    public async Task Readers_get_all_events_then_the_signal_and_the_stream_ends()
    {
        var core = new TestCore();
        var outlet = await core.SubscribeAsync(TestCore.On("a"));
        await core.PublishAsync("a", "x");
        await CloseAsync(core, "a");
        outlet.Notes.ShouldBe(["live 0", "x", Closed("a"), "end"]);
    }

    [Fact]
    public async Task A_stream_ends_only_when_all_its_topics_are_closed()
    {
        var core = new TestCore();
        var both = await core.SubscribeAsync(TestCore.On("a", "b"));
        var all = await core.SubscribeAsync(new SubscribeRequest { Matchers = MatcherSet.All });
        await CloseAsync(core, "a");
        await core.PublishAsync("b", "x");
        both.Notes.ShouldBe(["live 0", Closed("a"), "x"]);

        await CloseAsync(core, "b");
        both.Notes[^2..].ShouldBe([Closed("b"), "end"]);
        all.Notes.ShouldBe(["live 0", Closed("a"), "x", Closed("b")]);
    }

    [Fact]
    public async Task A_reader_without_signals_is_not_told_and_its_stream_ends_all_the_same()
    {
        var core = new TestCore();
        var outlet = await core.SubscribeAsync(TestCore.On("a"), takesSignals: false);
        var all = await core.SubscribeAsync(new SubscribeRequest { Matchers = MatcherSet.All }, takesSignals: false);
        await CloseAsync(core, "a");
        outlet.Notes.ShouldBe(["end"]);
        all.Notes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_slow_reader_gets_everything_before_the_end()
    {
        var core = new TestCore();
        var outlet = new TestOutlet { State = OutletState.Full };
        await core.AttachAsync(TestCore.On("a"), outlet);
        for (var i = 0; i < 3; i++) await core.PublishAsync("a", $"{i}");
        await CloseAsync(core, "a");
        outlet.State = OutletState.Ready;
        outlet.Signal.Writable();
        await core.SettleAsync();
        outlet.Notes.ShouldBe(["live 0", "0", "1", "2", Closed("a"), "end"]);
    }

    [Fact]
    public async Task A_reader_that_comes_later_is_told_though_the_log_has_dropped_everything()
    {
        var core = new TestCore(o => o.Retention = new RetentionLimits(1, null, null));
        await CloseAsync(core, "a");
        await core.PublishAsync("b", "x");
        await core.PublishAsync("b", "y");
        (await core.SubscribeAsync(TestCore.On("a"))).Notes.ShouldBe([Closed("a"), "live 3", "end"]);
        (await core.SubscribeAsync(TestCore.On("a", "b"))).Notes.ShouldBe([Closed("a"), "live 3"]);
    }

    [Fact]
    public async Task A_reader_with_a_gap_over_the_closing_is_told_after_it()
    {
        var core = new TestCore();
        await CloseAsync(core, "a");
        var outlet = await core.SubscribeAsync(TestCore.On("a", "b") with { Start = Cursor.After(EventId.Parse("unknown")) });
        outlet.Notes.ShouldBe(["gap UnknownId 0", Closed("a"), "live 1"]);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_private_closing_is_told_only_to_readers_with_a_grant(bool isPrivate, bool isTold)
    {
        var core = new TestCore();
        var without = await core.SubscribeAsync(TestCore.On("a"));
        var with = await core.SubscribeAsync(TestCore.On("a") with { Grants = MatcherSet.All });
        await CloseAsync(core, "a", isPrivate);
        var later = await core.SubscribeAsync(TestCore.On("a"));

        without.Notes.Contains("end").ShouldBe(isTold);
        later.Notes.Contains("end").ShouldBe(isTold);
        later.Notes.Contains(Closed("a")).ShouldBe(isTold);
        with.Notes.ShouldContain("end");
    }

    [Fact]
    public async Task Nothing_is_left_after_the_last_closing_and_not_before()
    {
        var core = new TestCore();
        var first = await CloseAsync(core, "a");
        var last = await CloseAsync(core, "b");
        (await IsOverAsync(core, TestCore.On("a"), first)).ShouldBeTrue();
        (await IsOverAsync(core, TestCore.On("a", "b"), first)).ShouldBeFalse();
        (await IsOverAsync(core, TestCore.On("a", "b"), last)).ShouldBeTrue();
        (await IsOverAsync(core, TestCore.On("a", "c"), last)).ShouldBeFalse();
        (await IsOverAsync(core, new SubscribeRequest { Matchers = MatcherSet.All }, last)).ShouldBeFalse();
        (await core.Hub.PrepareAsync(TestCore.On("a"), new TestOutlet(), default)).Subscriber.IsOver.ShouldBeFalse();
    }

    [Fact]
    public async Task A_lane_that_the_window_has_left_behind_ends_streams_as_well()
    {
        var core = new TestCore(o => o.WindowBytes = 1);
        var outlet = await core.SubscribeAsync(TestCore.On("a"));
        await core.Hub.EnqueueAsync([Event.Closing(Topic.Parse("a"))], default);
        for (var i = 0; i < 50; i++) await core.Hub.EnqueueAsync([new Event(Topic.Parse("b"), new string('x', 100_000))], default);
        while (await core.RunBatchAsync() > 0)
        {
        }

        core.Hub.Window.Start.ShouldBeGreaterThan(1);
        await core.SettleAsync();
        outlet.Notes.ShouldBe(["live 0", Closed("a"), "end"]);
    }

    private static string Closed(string topic) => $$"""{"topic":"{{topic}}"}""";

    private static async Task<bool> IsOverAsync(TestCore core, SubscribeRequest request, EventId after) =>
        (await core.Hub.PrepareAsync(request with { Start = Cursor.After(after) }, new TestOutlet(), default)).Subscriber.IsOver;

    private static async Task<EventId> CloseAsync(TestCore core, string topic, bool isPrivate = false)
    {
        var publication = await core.Hub.EnqueueAsync([Event.Closing(Topic.Parse(topic), isPrivate)], default);
        await core.SettleAsync();
        return (await publication.Done).Events[0].Id;
    }
}
