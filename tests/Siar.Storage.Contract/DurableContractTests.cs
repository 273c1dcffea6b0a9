using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Contract;

/// <summary>What a log that survives restarts must do besides.</summary>
public abstract class DurableContractTests(LogFixture fixture) : LogContract(fixture)
{
    protected override RetentionLimits Limits => new(10, null, null);

    [Fact]
    public async Task What_was_appended_is_there_after_a_restart()
    {
        var appended = await AppendAsync(Content("a", "1", "own"), Content("b a", "2"));
        await ReopenAsync();

        Log.Head.ShouldBe(appended[1].Position);
        var read = await ReadAllAsync(Topics("a"));
        read.Count.ShouldBe(2);
        for (var i = 0; i < 2; i++) ShouldBeSame(read[i], appended[i]);
    }

    [Fact]
    public async Task A_restart_in_order_goes_on_with_the_same_life()
    {
        var epoch = Log.Epoch;
        var appended = await AppendAsync(Content("a"), Content("a", id: "own"));
        await ReopenAsync();

        Log.Epoch.ShouldBe(epoch);
        (await Log.ResolveAsync(appended[0].Id)).ShouldBe(new ResolvedCursor(appended[0].Position, null));
        (await Log.ResolveAsync(EventId.Parse("own"))).ShouldBe(new ResolvedCursor(appended[1].Position, null));
    }

    [Fact]
    public async Task No_position_is_given_twice_though_everything_before_was_dropped()
    {
        for (var i = 0; i < 30; i++) await AppendAsync(Content("a"));
        await Fixture.SettleAsync(Log);
        var head = Log.Head;
        Log = await Fixture.ReopenAsync(Log, new RetentionPlan(new RetentionLimits(0, null, null), []));
        await Fixture.SettleAsync(Log);
        (await ReadAllAsync(MatcherSet.All)).ShouldBeEmpty();
        await ReopenAsync();

        Log.Head.ShouldBe(head);
        (await AppendAsync(Content("a")))[0].Position.ShouldBeGreaterThan(head);
    }

    [Fact]
    public async Task What_was_trimmed_is_known_after_a_restart()
    {
        for (var i = 0; i < 15; i++) await AppendAsync(Content("a"));
        await Fixture.SettleAsync(Log);
        var floor = Log.Trimmed.Floor(Topics("a"), MatcherSet.None);
        await ReopenAsync();

        floor.ShouldBeGreaterThan(0);
        Log.Trimmed.Floor(Topics("a"), MatcherSet.None).ShouldBe(floor);
        for (var i = 0; i < 5; i++) await AppendAsync(Content("a"));
        await Fixture.SettleAsync(Log);
        (await ReadAllAsync(MatcherSet.All)).Count.ShouldBe(10);
    }

    [Fact]
    public async Task A_class_that_is_new_takes_over_what_its_topics_have_lost()
    {
        for (var i = 0; i < 15; i++) await AppendAsync(Content("jobs/1", $"{i}"));
        await Fixture.SettleAsync(Log);
        Log = await Fixture.ReopenAsync(Log, new RetentionPlan(Limits, [new RetentionClass("jobs/", new RetentionLimits(4, null, null))]));
        Log.Trimmed.Floor(Topics("jobs/1"), MatcherSet.None).ShouldBeGreaterThan(0);

        await Fixture.SettleAsync(Log);
        (await ReadAllAsync(MatcherSet.All)).Select(e => e.Content.GetText()).ShouldBe(["11", "12", "13", "14"]);
        await AppendAsync(Content("a"), Content("jobs/1", "15"));
        await Fixture.SettleAsync(Log);
        (await ReadAllAsync(Topics("jobs/1"))).Select(e => e.Content.GetText()).ShouldBe(["12", "13", "14", "15"]);
    }

    [Fact]
    public async Task A_class_that_is_given_up_leaves_its_events_and_its_losses_to_the_others()
    {
        Log = await Fixture.ReopenAsync(Log, new RetentionPlan(Limits, [new RetentionClass("jobs/", new RetentionLimits(4, null, null))]));
        for (var i = 0; i < 8; i++) await AppendAsync(Content("jobs/1", $"j{i}"), Content("a", $"a{i}"));
        await Fixture.SettleAsync(Log);
        await ReopenAsync();
        await Fixture.SettleAsync(Log);

        Log.Trimmed.Floor(Topics("jobs/1"), MatcherSet.None).ShouldBeGreaterThan(0);
        (await ReadAllAsync(MatcherSet.All)).Select(e => e.Content.GetText()).ShouldBe("a2 a3 j4 a4 j5 a5 j6 a6 j7 a7".Split(' '));
    }
}
