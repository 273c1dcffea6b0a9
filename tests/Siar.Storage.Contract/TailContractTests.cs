using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Contract;

/// <summary>What the hub's follower relies on.</summary>
public abstract class TailContractTests(LogFixture fixture) : LogContract(fixture)
{
    protected override RetentionLimits Limits => new(5, null, null);

    [Fact]
    public async Task The_tail_gives_what_is_appended_in_order_and_once()
    {
        var appended = await AppendAsync(Content("a", "1"), Content("b", "2"));
        appended.AddRange((await Log.AppendAsync([One(Content("a", "3"), Content("c", "4")), One(Content("a", "5"))])).SelectMany(r => r.Events));

        var followed = await FollowAsync(0, Log.Head);
        followed.Count.ShouldBe(5);
        for (var i = 0; i < 5; i++) ShouldBeSame(followed[i], appended[i]);
    }

    [Fact]
    public async Task The_tail_waits_until_something_stands_there()
    {
        var first = await AppendAsync(Content("a", "1"));
        var waiting = Log.ReadTailAsync(first[0].Position, TestContext.Current.CancellationToken).AsTask();
        waiting.IsCompleted.ShouldBeFalse();

        var second = await AppendAsync(Content("a", "2"));
        var page = await waiting;
        ShouldBeSame(page.Events.ShouldHaveSingleItem(), second[0]);
        page.ReadThrough.ShouldBe(second[0].Position);
    }

    [Fact]
    public async Task Waiting_for_the_tail_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = Log.ReadTailAsync(0, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);

        await AppendAsync(Content("a"));
        (await Log.ReadTailAsync(0, TestContext.Current.CancellationToken)).Events.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_comes_of_what_was_refused_or_done_before()
    {
        var key = new IdempotencyKey("scope", "key", 1, TimeSpan.FromHours(1));
        await Log.AppendAsync([One(Content("a", "1")) with { Idempotency = key }]);
        var results = await Log.AppendAsync(
        [
            One(Content("a", "1")) with { Idempotency = key },
            One(Content("a", "2")) with { Condition = PublishCondition.TopicIsEmpty },
            One(Content("a", "3")),
        ]);
        results.Select(r => (r.IsRepeat, r.Refusal)).ShouldBe([(true, null), (false, PublishRefusal.ConditionFailed), (false, null)]);

        (await FollowAsync(0, Log.Head)).Select(e => e.Content.GetText()).ShouldBe(["1", "3"]);
    }

    [Fact]
    public async Task What_is_missing_from_the_tail_was_trimmed_and_its_page_says_so()
    {
        for (var i = 0; i < 20; i++) await AppendAsync(Content("a", $"{i}"));
        await Fixture.SettleAsync(Log);
        if (Fixture.IsDurable) await ReopenAsync();

        var after = 0L;
        var seen = new List<long>();
        while (after < Log.Head)
        {
            var page = await Log.ReadTailAsync(after, TestContext.Current.CancellationToken);
            page.ReadThrough.ShouldBeGreaterThan(after);
            page.Events.Select(e => e.Position).ShouldBe(page.Events.Select(e => e.Position).Where(p => p > after && p <= page.ReadThrough).Distinct().Order());
            for (var position = after + 1; position <= page.ReadThrough; position++)
            {
                if (page.Events.All(e => e.Position != position)) position.ShouldBeLessThanOrEqualTo(page.Trimmed.Highest);
            }

            seen.AddRange(page.Events.Select(e => e.Position));
            after = page.ReadThrough;
        }

        seen[^1].ShouldBe(Log.Head);
    }

    [Fact]
    public async Task A_tail_that_was_left_for_long_is_read_from_any_position()
    {
        var text = new string('x', 300_000);
        for (var i = 0; i < 5; i++) await AppendAsync(Content("a", $"{i}{text}"), Content("b", $"{i}{text}"));
        var followed = await FollowAsync(Log.Head - 3, Log.Head);
        followed.Select(e => e.Content.GetText()[0]).ShouldBe(['3', '4', '4']);
        (await FollowAsync(Log.Head - 1, Log.Head)).ShouldHaveSingleItem().Position.ShouldBe(Log.Head);
    }

    [Fact]
    public async Task A_closing_is_known_when_the_tail_comes_to_it()
    {
        var waiting = Log.ReadTailAsync(0, TestContext.Current.CancellationToken).AsTask();
        await Log.AppendAsync([One(Event.Closing(Topic.Parse("a")))]);
        var page = await waiting;
        Log.FindClosing(Topic.Parse("a"))!.Value.Position.ShouldBe(page.Events[0].Position);
        Log.Head.ShouldBeGreaterThanOrEqualTo(page.ReadThrough);
    }

    [Fact]
    public async Task Every_position_belongs_to_the_epoch_in_which_it_was_given()
    {
        var appended = await AppendAsync(Content("a"), Content("a"));
        foreach (var logged in appended) Log.EpochAt(logged.Position).ShouldBe(logged.Epoch);
        (await Log.ResolveAsync(HubEventId.Create(Log.EpochAt(Log.Head), Log.Head))).ShouldBe(new ResolvedCursor(Log.Head, null));
        (await Log.ResolveAsync(HubEventId.Create(Log.EpochAt(0), 0))).ShouldBe(new ResolvedCursor(0, null));
    }

    [Fact]
    public void A_log_says_by_which_plan_it_is_trimmed() => Log.Plan.Classes.ShouldHaveSingleItem().Limits.ShouldBe(Limits);

    [Fact]
    public async Task Maintenance_trims()
    {
        for (var i = 0; i < 20; i++) await AppendAsync(Content("a", $"{i}"));
        await Log.MaintainAsync(TestContext.Current.CancellationToken);
        (await ReadAllAsync(MatcherSet.All)).Count.ShouldBe(5);
    }

    private async Task<List<LoggedEvent>> FollowAsync(long after, long through)
    {
        var followed = new List<LoggedEvent>();
        while (after < through)
        {
            var page = await Log.ReadTailAsync(after, TestContext.Current.CancellationToken);
            page.ReadThrough.ShouldBeGreaterThan(after);
            followed.AddRange(page.Events);
            after = page.ReadThrough;
        }

        return followed;
    }
}
