using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Contract;

public abstract class ConditionalAppendContractTests(LogFixture fixture) : LogContract(fixture)
{
    protected override RetentionLimits Limits => new(8, null, null);

    [Fact]
    public async Task An_append_on_the_newest_id_is_done_once()
    {
        var newest = (await AppendAsync(Content("a")))[0].Id;
        (await AppendAsync(On(newest, Content("a", "mine")))).Refusal.ShouldBeNull();
        (await AppendAsync(On(newest, Content("a", "theirs")))).Refusal.ShouldBe(PublishRefusal.ConditionFailed);
        (await ReadAllAsync(MatcherSet.All)).Select(e => e.Content.GetText()).ShouldBe(["x", "mine"]);
    }

    [Fact]
    public async Task Of_several_appends_in_one_batch_on_the_same_id_the_first_wins()
    {
        var newest = (await AppendAsync(Content("a")))[0].Id;
        var batch = await Log.AppendAsync([On(newest, Content("a", "1")), On(newest, Content("a", "2")), One(Content("a", "3"))]);
        batch.Select(r => r.Refusal).ShouldBe([null, PublishRefusal.ConditionFailed, null]);
        batch[1].Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_id_of_the_publishers_own_is_compared_as_well()
    {
        await AppendAsync(Content("a", "x", "own"));
        (await AppendAsync(On(EventId.Parse("other"), Content("a")))).Refusal.ShouldBe(PublishRefusal.ConditionFailed);
        (await AppendAsync(On(EventId.Parse("own"), Content("a")))).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Events_of_other_topics_do_not_matter_and_alternates_do()
    {
        var newest = (await AppendAsync(Content("a")))[0].Id;
        await AppendAsync(Content("b"));
        (await AppendAsync(On(newest, Content("a")))).Refusal.ShouldBeNull();
        newest = (await AppendAsync(Content("b a")))[0].Id;
        (await AppendAsync(On(newest, Content("a")))).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task A_topic_can_be_wanted_empty_or_not()
    {
        (await AppendAsync(One(Content("a")) with { Condition = PublishCondition.TopicHasEvents })).Refusal.ShouldBe(PublishRefusal.ConditionFailed);
        (await AppendAsync(One(Content("a")) with { Condition = PublishCondition.TopicIsEmpty })).Refusal.ShouldBeNull();
        (await AppendAsync(One(Content("a")) with { Condition = PublishCondition.TopicIsEmpty })).Refusal.ShouldBe(PublishRefusal.ConditionFailed);
        (await AppendAsync(One(Content("a")) with { Condition = PublishCondition.TopicHasEvents })).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Only_what_is_kept_counts()
    {
        var newest = (await AppendAsync(Content("a")))[0].Id;
        for (var i = 0; i < 30; i++) await AppendAsync(Content("b"));
        await Fixture.SettleAsync(Log);
        (await AppendAsync(On(newest, Content("a")))).Refusal.ShouldBe(PublishRefusal.ConditionFailed);
        (await AppendAsync(One(Content("a")) with { Condition = PublishCondition.TopicIsEmpty })).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task The_newest_is_found_among_many_and_after_a_restart()
    {
        var newest = default(EventId);
        for (var i = 0; i < 4; i++) newest = (await AppendAsync(Content("a", $"{i}"), Content("b")))[0].Id;
        await Fixture.SettleAsync(Log);
        if (Fixture.IsDurable) await ReopenAsync();
        (await AppendAsync(On(newest, Content("a")))).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task A_key_comes_before_the_condition()
    {
        var newest = (await AppendAsync(Content("a")))[0].Id;
        var append = On(newest, Content("a", "mine")) with { Idempotency = new IdempotencyKey("", "k", 1, TimeSpan.FromHours(1)) };
        (await AppendAsync(append)).IsRepeat.ShouldBeFalse();
        (await AppendAsync(append)).IsRepeat.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refused_append_leaves_its_key_free()
    {
        var append = On(EventId.Parse("none"), Content("a")) with { Idempotency = new IdempotencyKey("", "k", 1, TimeSpan.FromHours(1)) };
        (await AppendAsync(append)).Refusal.ShouldBe(PublishRefusal.ConditionFailed);
        (await AppendAsync(append with { Condition = null })).IsRepeat.ShouldBeFalse();
    }

    private static Append On(EventId newest, Event content) => One(content) with { Condition = PublishCondition.NewestIs(newest) };
}
