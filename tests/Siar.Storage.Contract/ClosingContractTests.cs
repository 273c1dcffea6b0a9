using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Contract;

public abstract class ClosingContractTests(LogFixture fixture) : LogContract(fixture)
{
    private static readonly Topic A = Topic.Parse("a");
    private static readonly Topic B = Topic.Parse("b");

    protected override RetentionLimits Limits => new(6, null, null);

    protected override int ClosedTopics => 3;

    [Fact]
    public async Task A_closing_is_the_topics_last_event_and_known_at_once()
    {
        Log.FindClosing(A).ShouldBeNull();
        var closing = (await AppendAsync(Content("a"), Event.Closing(A)))[1];
        Log.FindClosing(A).ShouldBe(new Closing(closing.Position, closing.Time, IsPrivate: false));
        Log.FindClosing(B).ShouldBeNull();

        var read = (await ReadAllAsync(Topics("a")))[^1];
        ShouldBeSame(read, closing);
        read.Content.IsClosing.ShouldBeTrue();
        read.Content.GetText().ShouldBe("""{"topic":"a"}""");
    }

    [Fact]
    public async Task Whoever_publishes_on_a_closed_topic_is_refused()
    {
        await AppendAsync(Event.Closing(A));
        var batch = await Log.AppendAsync([One(Content("b"), Content("a")), One(Content("b a")), One(Content("b", "kept"))]);
        batch.Select(r => r.Refusal).ShouldBe([PublishRefusal.TopicClosed, PublishRefusal.TopicClosed, null]);
        (await ReadAllAsync(Topics("b"))).Select(e => e.Content.GetText()).ShouldBe(["kept"]);
    }

    [Fact]
    public async Task What_comes_after_the_closing_in_the_same_batch_is_refused()
    {
        var batch = await Log.AppendAsync([One(Content("a"), Event.Closing(A)), One(Content("a")), One(Event.Closing(B), Content("b"))]);
        batch.Select(r => r.Refusal).ShouldBe([null, PublishRefusal.TopicClosed, PublishRefusal.TopicClosed]);
        Log.FindClosing(B).ShouldBeNull();
    }

    [Fact]
    public async Task Closing_a_closed_topic_is_answered_as_the_first_time()
    {
        var first = await AppendAsync(One(Event.Closing(A, isPrivate: true)));
        var second = await AppendAsync(One(Event.Closing(A)));
        second.IsRepeat.ShouldBeTrue();
        ShouldBeSame(second.Events[0], first.Events[0]);
        Log.Head.ShouldBe(first.Events[0].Position);
    }

    [Fact]
    public async Task A_topic_stays_closed_when_its_events_are_dropped_and_after_a_restart()
    {
        var closing = (await AppendAsync(Content("a"), Event.Closing(A, isPrivate: true)))[1];
        for (var i = 0; i < 20; i++) await AppendAsync(Content("b"));
        await Fixture.SettleAsync(Log);
        if (Fixture.IsDurable) await ReopenAsync();

        Log.FindClosing(A).ShouldBe(new Closing(closing.Position, closing.Time, IsPrivate: true));
        (await AppendAsync(One(Content("a")))).Refusal.ShouldBe(PublishRefusal.TopicClosed);
    }

    [Fact]
    public async Task Of_too_many_closings_the_oldest_are_forgotten()
    {
        for (var i = 0; i < 5; i++) await AppendAsync(Event.Closing(Topic.Parse($"t{i}")));
        if (Fixture.IsDurable) await ReopenAsync();
        Enumerable.Range(0, 5).Where(i => Log.FindClosing(Topic.Parse($"t{i}")) is not null).ShouldBe([2, 3, 4]);
        (await AppendAsync(One(Content("t1")))).Refusal.ShouldBeNull();
        (await AppendAsync(One(Event.Closing(Topic.Parse("t1"))))).IsRepeat.ShouldBeFalse();
        Log.FindClosing(Topic.Parse("t1")).ShouldNotBeNull();
        Log.FindClosing(Topic.Parse("t2")).ShouldBeNull();
    }
}
