using System.Net;
using Siar.Topics;

namespace Siar.Hub.Tests.Revoking;

/// <summary>Ending the streams of callers, and refusing them, at one hub whose every turn the test takes.</summary>
public sealed class RevocationTests
{
    private static readonly CallerIdentity Alice = CallerIdentity.OfIssuer("https://a.example", "alice");

    [Fact]
    public async Task Whom_a_disconnect_means_is_told_and_ended_and_nobody_else_and_may_come_back()
    {
        var core = await NewAsync();
        var meant = await core.SubscribeAsync(Of(Alice));
        var untold = await core.SubscribeAsync(Of(Alice), takesSignals: false);
        var namesake = await core.SubscribeAsync(Of(CallerIdentity.OfIssuer("https://b.example", "alice")));
        var nobody = await core.SubscribeAsync(TestCore.On("a"));

        await core.Hub.DisconnectAsync(CallerFilter.User("alice", "https://a.example"), TestContext.Current.CancellationToken);
        await core.SettleAsync();
        meant.Notes.ShouldBe(["live 0", "revoked disconnected", "end retry 2000"]);
        untold.Notes.ShouldBe(["end retry 2000"]);
        namesake.Notes.ShouldBe(["live 0"]);
        nobody.Notes.ShouldBe(["live 0"]);
        core.Log.Head.ShouldBe(0);

        (await core.SubscribeAsync(Of(Alice))).Notes.ShouldBe(["live 0"]);
        await core.Hub.DisconnectAsync(CallerFilter.User("alice"), TestContext.Current.CancellationToken);
        await core.SettleAsync();
        namesake.Notes.ShouldBe(["live 0", "revoked disconnected", "end retry 2000"]);
    }

    [Fact]
    public async Task A_revocation_ends_the_streams_refuses_until_its_time_is_over_and_can_be_lifted()
    {
        var core = await NewAsync();
        var meant = await core.SubscribeAsync(Of(Alice));
        await RevokeAsync(core, CallerFilter.User("alice"), minutes: 10);
        meant.Notes.ShouldBe(["live 0", $"revoked revoked {core.Time.GetUtcNow().AddMinutes(10):HH:mm}", "end retry 2000"]);
        IsRefused(core, Alice).ShouldBeTrue();
        IsRefused(core, CallerIdentity.OfApplication("bob")).ShouldBeFalse();

        await core.AdvanceAsync(599);
        IsRefused(core, Alice).ShouldBeTrue();
        await core.AdvanceAsync(1);
        IsRefused(core, Alice).ShouldBeFalse();
        core.Hub.Revocations.Forget();
        core.Hub.Revocations.Any.ShouldBeFalse();

        await RevokeAsync(core, CallerFilter.User("alice"), minutes: 10);
        (await DoAsync(core, core.Hub.LiftRevocationAsync(CallerFilter.User("alice", "https://a.example")))).ShouldBeFalse();
        (await DoAsync(core, core.Hub.LiftRevocationAsync(CallerFilter.User("alice")))).ShouldBeTrue();
        IsRefused(core, Alice).ShouldBeFalse();
        (await DoAsync(core, core.Hub.LiftRevocationAsync(CallerFilter.User("alice")))).ShouldBeFalse();
    }

    [Fact]
    public async Task A_reader_is_meant_by_its_token_a_claim_or_its_address()
    {
        var core = await NewAsync();
        var marks = new CallerMarks.Builder();
        marks.AddToken("jti-1");
        marks.AddClaim("role", "trader");
        var request = TestCore.On("a") with { Marks = marks.Build(), Address = "192.0.2.7" };
        foreach (var filter in new[] { CallerFilter.Token("jti-1"), CallerFilter.Claim("role", "trader"), CallerFilter.Address(IPAddress.Parse("::ffff:192.0.2.7")) })
        {
            var other = await core.SubscribeAsync(TestCore.On("a") with { Marks = CallerMarks.Of(Alice), Address = "192.0.2.8" });
            var meant = await core.SubscribeAsync(request);
            await RevokeAsync(core, filter, minutes: 1);
            meant.Notes[^1].ShouldBe("end retry 2000", filter.ToString());
            other.Notes.ShouldNotContain("end retry 2000");
            core.Hub.Revocations.Find(request.Marks, request.Address)!.Callers.ShouldBe(filter);
            await DoAsync(core, core.Hub.LiftRevocationAsync(filter));
        }
    }

    [Fact]
    public async Task A_reader_that_was_let_in_while_the_revocation_was_written_is_ended()
    {
        var core = await NewAsync();
        // Looked up before, given to its lane after.
        using var prepared = await core.Hub.PrepareAsync(Of(Alice), new TestOutlet(), default);
        await RevokeAsync(core, CallerFilter.User("alice"), minutes: 1);
        var late = prepared.Attach();
        await core.SettleAsync();
        (await late.Ended).ShouldBe(EndReason.Revoked);

        var inProcess = await Should.ThrowAsync<SubscriptionEndedException>(async () =>
        {
            await using var reading = core.Hub.SubscribeAsync(TestCore.On("a") with { Reader = Alice }, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
            var moving = reading.MoveNextAsync().AsTask();
            while (!moving.IsCompleted)
            {
                await core.SettleAsync();
                await Task.Yield();
            }

            while (await moving) moving = reading.MoveNextAsync().AsTask();
        });
        inProcess.Reason.ShouldBe(EndReason.Revoked);
    }

    [Fact]
    public async Task Many_are_ended_in_waves_and_events_are_written_between()
    {
        var core = await NewAsync(new HubTuning { Deadlines = 3 });
        var meant = new List<TestOutlet>();
        for (var i = 0; i < 20; i++) meant.Add(await core.SubscribeAsync(Of(Alice)));
        var stays = await core.SubscribeAsync(TestCore.On("a"));
        await core.Hub.DisconnectAsync(CallerFilter.User("alice"), TestContext.Current.CancellationToken);
        await core.EnqueueAsync("a", "between");
        await core.RunBatchAsync();
        core.Lane.Turn();
        stays.Notes.ShouldContain("between");
        meant.Count(o => o.Notes.Contains("end retry 2000")).ShouldBe(3);
        await core.SettleAsync();
        meant.ShouldAllBe(o => o.Notes.Contains("end retry 2000"));
    }

    [Fact]
    public async Task One_that_is_full_is_cut_off()
    {
        var core = await NewAsync();
        var outlet = new TestOutlet();
        await core.AttachAsync(Of(Alice), outlet);
        outlet.State = OutletState.Full;
        await core.PublishAsync("a", "1");
        await core.Hub.DisconnectAsync(CallerFilter.User("alice"), TestContext.Current.CancellationToken);
        await core.SettleAsync();
        outlet.Notes.ShouldBe(["live 0", "1", "abort"]);
    }

    [Fact]
    public async Task No_reader_gets_a_revocation_nor_a_gap_for_one_whatever_it_may_read()
    {
        var core = await NewAsync();
        var all = new SubscribeRequest { Matchers = MatcherSet.All, Grants = MatcherSet.All };
        var own = all with { Matchers = MatcherSet.OfTopics(RevocationFact.Topic) };
        var live = await core.SubscribeAsync(all);
        var first = await core.PublishAsync("a", "1");
        for (var i = 0; i < 1_100; i++) await RevokeAsync(core, CallerFilter.Token($"{i % 7}"), minutes: 5);
        await core.PublishAsync("a", "2");
        live.Notes.ShouldBe(["live 0", "1", "2"]);

        // Of the log, too: these come from below the window.
        core.Hub.Window.BeginAfter(core.Log.Head);
        (await core.SubscribeAsync(all with { Start = Cursor.After(first.Id) })).Notes.ShouldBe(["2", $"live {core.Log.Head}"]);
        (await core.SubscribeAsync(all with { Start = Cursor.Earliest })).Notes.ShouldBe(["1", "2", $"live {core.Log.Head}"]);
        (await core.SubscribeAsync(all with { Last = 1 })).Notes.ShouldBe(["2", $"live {core.Log.Head}"]);
        (await core.SubscribeAsync(own with { Last = 1_000 })).Notes.ShouldBe([$"live {core.Log.Head}"]);
        (await core.SubscribeAsync(own with { Snapshot = true })).Notes.ShouldBe([$"live {core.Log.Head}"]);
        (await core.SubscribeAsync(all with { Snapshot = true })).Notes.ShouldBe([$"live {core.Log.Head}"]);
    }

    [Theory]
    [InlineData("/.well-known/siar/revocations")]
    [InlineData("/.well-known/siar/")]
    public void No_publisher_can_write_one(string topic)
    {
        Should.Throw<ArgumentException>(() => new Event(Topic.Parse(topic), "x")).Message.ShouldContain("kept for the hub");
        Should.Throw<ArgumentException>(() => new Event([Topic.Parse("a"), Topic.Parse(topic)], default));
        Should.Throw<ArgumentException>(() => Event.Closing(Topic.Parse(topic)));
        Should.Throw<ArgumentException>(() => new Event(Topic.Parse("a"), "x") { Type = EventRules.RevocationType });
    }

    [Fact]
    public async Task A_time_that_is_over_or_too_far_is_refused_and_so_is_one_more_than_may_be_in_force()
    {
        var core = await NewAsync();
        foreach (var minutes in new[] { 0, -1, 60 * 24 * 3_651 })
            await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await core.Hub.RevokeAsync(CallerFilter.User("a"), core.Time.GetUtcNow().AddMinutes(minutes), TestContext.Current.CancellationToken));
        core.Log.Head.ShouldBe(0);
    }

    private static async Task<TestCore> NewAsync(HubTuning? tuning = null)
    {
        var core = new TestCore(tuning: tuning);
        await core.Hub.Revocations.LoadAsync(core.Log.Head, default);
        return core;
    }

    private static SubscribeRequest Of(CallerIdentity reader) => TestCore.On("a") with { Reader = reader, Marks = CallerMarks.Of(reader) };

    private static bool IsRefused(TestCore core, CallerIdentity caller) => core.Hub.Revocations.Find(CallerMarks.Of(caller), null) is not null;

    private static Task<Revocation> RevokeAsync(TestCore core, CallerFilter filter, double minutes) =>
        DoAsync(core, core.Hub.RevokeAsync(filter, core.Time.GetUtcNow().AddMinutes(minutes)));

    private static async Task<T> DoAsync<T>(TestCore core, ValueTask<T> doing)
    {
        var task = doing.AsTask();
        while (!task.IsCompleted)
        {
            await core.SettleAsync();
            await Task.Yield();
        }

        await core.SettleAsync();
        return await task;
    }
}
