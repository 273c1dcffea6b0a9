using Siar.Topics;

namespace Siar.Hub.Tests.Statistics;

/// <summary>What a lane tells of its subscribers.</summary>
public sealed class LaneSnapshotTests
{
    [Fact]
    public async Task Those_furthest_behind_are_told_and_no_more_than_are_asked_for()
    {
        var core = new TestCore();
        var slow = new TestOutlet(takesSignals: true);
        await core.AttachAsync(TestCore.On("a") with { Reader = CallerIdentity.OfApplication("slow") }, slow);
        for (var i = 0; i < 20; i++) await core.SubscribeAsync(TestCore.On("a"));
        slow.State = OutletState.Full;
        await core.PublishAsync("a", "1");
        for (var i = 0; i < 5; i++) await core.PublishAsync("a", "2");

        var snapshot = await TakeSnapshotAsync(core, most: 3, "a", "b");

        snapshot.Furthest.Count().ShouldBe(3);
        var furthest = snapshot.Furthest.MaxBy(c => c.Lag)!;
        furthest.Name.ShouldBe("application: slow");
        furthest.Lag.ShouldBe(5);
        furthest.State.ShouldBe("not-reading");
        snapshot.Furthest.Count(c => c.State == "live").ShouldBe(2);
        snapshot.Subscribers(0).ShouldBe(21);
        snapshot.Subscribers(1).ShouldBe(0);
    }

    [Fact]
    public async Task A_survey_of_very_many_is_taken_over_turns_and_sees_each_once()
    {
        var core = new TestCore(tuning: HubTuning.Default with { Deadlines = 7 });
        for (var i = 0; i < 50; i++) await core.SubscribeAsync(TestCore.On("a"));

        var snapshot = await TakeSnapshotAsync(core, most: 100);

        snapshot.Furthest.Select(c => c.Number).Distinct().Count().ShouldBe(50);
    }

    [Fact]
    public async Task The_stream_with_a_number_is_ended_and_no_other()
    {
        var core = new TestCore();
        var one = await core.AttachAsync(TestCore.On("a"), new TestOutlet(takesSignals: true));
        var other = await core.AttachAsync(TestCore.On("a"), new TestOutlet(takesSignals: true));

        core.Lane.Post(LaneMessage.CloseSome(s => s.Number == one.Number, RevokedSignal.Disconnected));
        core.Lane.Post(LaneMessage.CloseSome(s => s.Number == 999, RevokedSignal.Disconnected));
        await core.SettleAsync();

        (await one.Ended).ShouldBe(EndReason.Requested);
        other.Ended.IsCompleted.ShouldBeFalse();
    }

    private static async Task<LaneSnapshot> TakeSnapshotAsync(TestCore core, int most, params string[] topics)
    {
        var snapshot = new LaneSnapshot([.. topics.Select(Topic.Parse)], most);
        core.Lane.Post(LaneMessage.TakeSnapshot(snapshot));
        await core.SettleAsync();
        snapshot.Done.IsCompleted.ShouldBeTrue();
        return snapshot;
    }
}
