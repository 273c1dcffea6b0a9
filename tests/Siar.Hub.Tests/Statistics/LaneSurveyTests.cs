using Siar.Topics;

namespace Siar.Hub.Tests.Statistics;

/// <summary>What a lane tells of its subscribers.</summary>
public sealed class LaneSurveyTests
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

        var survey = await SurveyAsync(core, most: 3, "a", "b");

        survey.Furthest.Count().ShouldBe(3);
        var furthest = survey.Furthest.MaxBy(c => c.Lag)!;
        furthest.Name.ShouldBe("application: slow");
        furthest.Lag.ShouldBe(5);
        furthest.State.ShouldBe("not-reading");
        survey.Furthest.Count(c => c.State == "live").ShouldBe(2);
        survey.Subscribers(0).ShouldBe(21);
        survey.Subscribers(1).ShouldBe(0);
    }

    [Fact]
    public async Task A_survey_of_very_many_is_taken_over_turns_and_sees_each_once()
    {
        var core = new TestCore(tuning: HubTuning.Default with { Deadlines = 7 });
        for (var i = 0; i < 50; i++) await core.SubscribeAsync(TestCore.On("a"));

        var survey = await SurveyAsync(core, most: 100);

        survey.Furthest.Select(c => c.Number).Distinct().Count().ShouldBe(50);
    }

    [Fact]
    public async Task The_stream_with_a_number_is_ended_and_no_other()
    {
        var core = new TestCore();
        var one = await core.AttachAsync(TestCore.On("a"), new TestOutlet(takesSignals: true));
        var other = await core.AttachAsync(TestCore.On("a"), new TestOutlet(takesSignals: true));

        core.Lane.Post(LaneMessage.CloseSome(s => s.Number == one.Number, EndReason.Requested));
        core.Lane.Post(LaneMessage.CloseSome(s => s.Number == 999, EndReason.Requested));
        await core.SettleAsync();

        (await one.Ended).ShouldBe(EndReason.Requested);
        other.Ended.IsCompleted.ShouldBeFalse();
    }

    private static async Task<LaneSurvey> SurveyAsync(TestCore core, int most, params string[] topics)
    {
        var survey = new LaneSurvey([.. topics.Select(Topic.Parse)], most);
        core.Lane.Post(LaneMessage.Look(survey));
        await core.SettleAsync();
        survey.Done.IsCompleted.ShouldBeTrue();
        return survey;
    }
}
