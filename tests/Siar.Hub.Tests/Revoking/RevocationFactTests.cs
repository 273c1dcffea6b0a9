using Siar.Topics;

namespace Siar.Hub.Tests.Revoking;

/// <summary>Revocations as they stand in the log: what a hub that was behind, failed over or starts anew makes of them.</summary>
public sealed class RevocationFactTests
{
    private static readonly CallerFilter Alice = CallerFilter.User("alice");

    [Fact]
    public async Task A_hub_that_was_behind_finds_those_that_the_tail_has_no_more()
    {
        var log = Shared(new RetentionLimits(2, null, null));
        var late = new HeldBackLog(log);
        var (here, there) = (await StartAsync(log), await StartAsync(late));
        var reader = await there.SubscribeAsync(Of("alice"));
        await RevokeAsync(here, Alice);
        for (var i = 0; i < 10; i++) await RevokeAsync(here, CallerFilter.Token($"{i}"));
        there.Hub.Revocations.Any.ShouldBeFalse();

        late.CatchUp();
        await there.SettleAsync();
        there.Hub.Revocations.InForce.Count().ShouldBe(11);
        reader.Notes.ShouldBe(["live 0", "revoked revoked", "end retry 2000"]);
    }

    [Fact]
    public async Task Its_own_words_do_not_end_those_that_have_come_back_since_and_a_repeat_ends_nobody()
    {
        var log = Shared(new RetentionLimits(100, null, null));
        var (here, there) = (await StartAsync(log), await StartAsync(log));
        var disconnecting = here.Hub.DisconnectAsync(Alice, TestContext.Current.CancellationToken).AsTask();
        await here.RunBatchAsync();
        await disconnecting;
        var back = await here.SubscribeAsync(Of("alice"));
        var elsewhere = await there.SubscribeAsync(Of("alice"));
        back.Notes.ShouldBe(["live 1"]);
        elsewhere.Notes.ShouldContain("revoked disconnected");
        here.Hub.Revocations.Any.ShouldBeFalse();
        there.Hub.Revocations.Any.ShouldBeFalse();
    }

    [Fact]
    public async Task What_an_engine_has_lost_holds_no_more_and_its_positions_may_say_something_else()
    {
        var log = new FailoverLog();
        await log.AppendAsync([new Append([Fact(CallerFilter.User("bob"))])]);
        var core = await StartAsync(log);
        await log.AppendAsync([new Append([Fact(Alice)])]);
        await core.SettleAsync();
        core.Hub.Revocations.InForce.Count().ShouldBe(2);

        await log.FailOverAsync(1);
        await core.Hub.Follower.TakeAsync();
        core.Hub.Revocations.InForce.ShouldHaveSingleItem().Callers.ShouldBe(CallerFilter.User("bob"));
        await log.AppendAsync([new Append([Fact(CallerFilter.User("carol"))])]);
        await core.SettleAsync();
        core.Hub.Revocations.InForce.Select(r => r.Callers.Value).Order().ShouldBe(["bob", "carol"]);
    }

    [Fact]
    public void The_oldest_in_force_is_found_before_the_log_lets_go_of_it()
    {
        var table = new RevocationTable();
        var now = DateTimeOffset.UnixEpoch.AddDays(20_000);
        Apply(1, "old", 60);
        for (var i = 2; i <= 10; i++) Apply(i, $"short {i}", 1);
        table.FindOldest(now, facts: 10).ShouldBeNull();
        Apply(11, "one more", 1);
        table.FindOldest(now, facts: 10)!.Callers.Value.ShouldBe("old");
        Apply(12, "old", 60);
        table.FindOldest(now.AddMinutes(2), facts: 10).ShouldBeNull();

        void Apply(long position, string name, int minutes)
        {
            var fact = new RevocationFact(CallerFilter.User(name), now.AddMinutes(minutes), "hub");
            table.Apply(fact, new LoggedEvent(position, default, now, fact.ToEvent()));
        }
    }

    [Fact]
    public async Task A_fact_of_a_later_build_is_told_and_passed_over()
    {
        var core = await StartAsync(Shared(new RetentionLimits(100, null, null)));
        var failures = new List<Exception>();
        core.Hub.Metrics.OnFailure = failures.Add;
        await core.Log.AppendAsync([new Append([Event.Revocation(RevocationFact.Topic, "{\"kind\":99,\"value\":\"x\",\"by\":\"y\"}"u8.ToArray(), "k")]), new Append([Fact(Alice)])]);
        await core.SettleAsync();
        failures.ShouldHaveSingleItem().Message.ShouldContain("position 1");
        core.Hub.Revocations.InForce.ShouldHaveSingleItem().Callers.ShouldBe(Alice);
    }

    [Fact]
    public async Task A_log_that_would_let_go_of_them_takes_none_and_says_what_to_do()
    {
        var core = new TestCore(log: new MemoryLog(new RetentionLimits(10, null, null), [], TimeProvider.System));
        await core.Hub.Revocations.LoadAsync(0, default);
        var refused = await Should.ThrowAsync<LogUnavailableException>(async () => await core.Hub.RevokeAsync(Alice, core.Time.GetUtcNow().AddHours(1), TestContext.Current.CancellationToken));
        refused.Message.ShouldContain("siar log plan --adopt");
        // What is only of this hub needs no log.
        var reader = await core.SubscribeAsync(Of("alice"));
        await core.Hub.DisconnectAsync(Alice, TestContext.Current.CancellationToken);
        await core.SettleAsync();
        reader.Notes.ShouldContain("revoked disconnected");
    }

    [Fact]
    public async Task A_reader_gets_nothing_before_a_hub_that_has_just_been_started_knows_who_is_refused()
    {
        // The first reading fails, and is tried again.
        var log = new FailingLog { IsShared = true };
        await log.AppendAsync([new Append([Fact(Alice), new Event(Topic.Parse("a"), "for others")])]);
        log.ReadsUntilFailure = 0;
        await using var hub = new EventHub(log, new HubOptions { Lanes = 1 }, TimeProvider.System);
        hub.Start();
        var got = 0;
        var refused = await Should.ThrowAsync<SubscriptionEndedException>(async () =>
        {
            var request = TestCore.On("a") with { Reader = CallerIdentity.OfApplication("alice"), Start = Cursor.Earliest };
            await foreach (var _ in hub.SubscribeAsync(request, TestContext.Current.CancellationToken)) got++;
        });
        refused.Reason.ShouldBe(EndReason.Revoked);
        got.ShouldBe(0);
    }

    private static SharedView Shared(RetentionLimits limits) =>
        new(new MemoryLog(new RetentionPlan(new RetentionLimits(null, null, null), [RevocationFact.Class with { Limits = limits }]), TimeProvider.System));

    private static async Task<TestCore> StartAsync(IEventLog log)
    {
        var core = new TestCore(log: log);
        await core.Hub.Revocations.LoadAsync(log.Head, default);
        return core;
    }

    private static Event Fact(CallerFilter filter) => new RevocationFact(filter, TimeProvider.System.GetUtcNow().AddYears(9), "elsewhere").ToEvent();

    private static SubscribeRequest Of(string name) => TestCore.On("a") with { Marks = CallerMarks.Of(CallerIdentity.OfApplication(name)) };

    private static async Task RevokeAsync(TestCore core, CallerFilter filter)
    {
        var revoking = core.Hub.RevokeAsync(filter, core.Time.GetUtcNow().AddHours(1)).AsTask();
        while (!revoking.IsCompleted)
        {
            await core.Hub.Sequencer.RunBatchAsync();
            await Task.Yield();
        }

        await revoking;
    }
}
