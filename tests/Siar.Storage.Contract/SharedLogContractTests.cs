using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Contract;

/// <summary>What a log must do besides that hubs share: two of them, each with an object of its own over one engine.</summary>
public abstract class SharedLogContractTests(SharedLogFixture fixture) : IAsyncLifetime
{
    private static readonly RetentionPlan Plan = new(new RetentionLimits(100, null, null), []);
    private IEventLog _a = null!;
    private IEventLog _b = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _a = await fixture.OpenAsync(Plan);
        _b = await fixture.OpenOtherAsync(_a, Plan);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _b.DisposeAsync();
        await _a.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task Each_sees_what_the_other_appends_and_both_in_one_order()
    {
        const int Each = 50;
        var following = new[] { _a, _b }.Select(log => FollowAsync(log, 2 * Each)).ToList();
        await Task.WhenAll(new[] { (_a, "a"), (_b, "b") }.Select(hub => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++) await AppendAsync(hub.Item1, Content("t", $"{hub.Item2}{i}"));
        })));

        var (byA, byB) = (await following[0], await following[1]);
        Texts(byB).ShouldBe(Texts(byA));
        byB.Select(e => e.Id).ShouldBe(byA.Select(e => e.Id));
        byA.Select(e => e.Position).ShouldBe(byA.Select(e => e.Position).Distinct().Order());
        foreach (var hub in new[] { "a", "b" }) Texts(byA.Where(e => e.Content.GetText().StartsWith(hub, StringComparison.Ordinal))).ShouldBe(string.Join(' ', Enumerable.Range(0, Each).Select(i => $"{hub}{i}")));
    }

    [Fact]
    public async Task One_that_waits_is_told_of_what_the_other_appends()
    {
        var waiting = _b.ReadTailAsync(_b.Head, Token).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        var appended = await AppendAsync(_a, Content("t", "1"));
        (await waiting).Events.ShouldHaveSingleItem().Id.ShouldBe(appended.Events[0].Id);
    }

    [Fact]
    public async Task A_batch_of_one_has_nothing_of_the_other_between()
    {
        await Task.WhenAll(new[] { (_a, "a"), (_b, "b") }.Select(hub => Task.Run(async () =>
        {
            for (var i = 0; i < 15; i++) await AppendThreeAsync(hub.Item1, hub.Item2);
        })));
        var texts = (await FollowAsync(_a, 90)).Select(e => e.Content.GetText()).ToList();
        for (var i = 0; i < texts.Count; i += 3) texts.Skip(i).Take(3).Distinct().Count().ShouldBe(1, $"at {i} of {string.Join(' ', texts)}");

        static async Task AppendThreeAsync(IEventLog log, string hub) => await log.AppendAsync([new Append([.. Enumerable.Repeat(Content("t", $"{hub}{Guid.NewGuid():N}"), 3)])], Token);
    }

    [Fact]
    public async Task A_key_that_was_used_at_one_is_known_to_the_other()
    {
        var key = new IdempotencyKey("scope", "key", 1, TimeSpan.FromHours(1));
        var first = await AppendAsync(_a, Content("t", "1"), key);
        var repeat = await AppendAsync(_b, Content("t", "1"), key);
        repeat.IsRepeat.ShouldBeTrue();
        repeat.Events[0].Id.ShouldBe(first.Events[0].Id);
        (await AppendAsync(_b, Content("t", "2"), key with { Fingerprint = 2 })).Refusal.ShouldBe(PublishRefusal.KeyReused);
    }

    [Fact]
    public async Task Of_publishes_with_one_key_at_both_at_once_one_is_done()
    {
        for (var i = 0; i < 20; i++)
        {
            var key = new IdempotencyKey("scope", $"{i}", 1, TimeSpan.FromHours(1));
            var both = await Task.WhenAll(new[] { _a, _b }.Select(log => Task.Run(() => AppendAsync(log, Content("t", "x"), key))));
            both.Count(r => r.IsRepeat).ShouldBe(1);
            both[0].Events[0].Id.ShouldBe(both[1].Events[0].Id);
        }
    }

    [Fact]
    public async Task Of_two_that_publish_on_what_they_have_read_one_is_refused()
    {
        for (var i = 0; i < 20; i++)
        {
            var newest = (await AppendAsync(_a, Content("t", $"{i}"))).Events[0].Id;
            var both = await Task.WhenAll(new[] { _a, _b }.Select(log => Task.Run(() => AppendAsync(log, Content("t", "next"), condition: PublishCondition.NewestIs(newest)))));
            both.Count(r => r.Refusal is PublishRefusal.ConditionFailed).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_topic_that_is_closed_at_one_is_closed_at_the_other()
    {
        var closing = await AppendAsync(_a, Event.Closing(Topic.Parse("t")));
        (await AppendAsync(_b, Content("t"))).Refusal.ShouldBe(PublishRefusal.TopicClosed);
        (await AppendAsync(_b, Event.Closing(Topic.Parse("t")))).Events[0].Position.ShouldBe(closing.Events[0].Position);
        await FollowAsync(_b, 1);
        _b.FindClosing(Topic.Parse("t"))!.Value.Position.ShouldBe(closing.Events[0].Position);
    }

    [Fact]
    public async Task The_newest_id_of_the_other_is_no_gap()
    {
        for (var i = 0; i < 10; i++)
        {
            var appended = (await AppendAsync(_a, Content("t", id: i % 2 == 0 ? $"own-{i}" : null))).Events[0];
            (await _b.ResolveAsync(appended.Id, Token)).ShouldBe(new ResolvedCursor(appended.Position, null));
        }

        (await _b.ResolveAsync(HubEventId.Create(_b.Epoch, _a.Head + 1), Token)).Gap.ShouldBe(GapReason.UnknownId);
    }

    [Fact]
    public async Task What_one_has_trimmed_is_known_to_the_other()
    {
        for (var i = 0; i < 120; i++) await AppendAsync(_a, Content("t", $"{i}"));
        await _a.MaintainAsync(Token);
        await fixture.ComeUpAsync(_b);
        var page = await _b.ReadAsync(new LogQuery(0, MatcherSet.All, 1_000, 1 << 20), Token);
        page.Trimmed.Highest.ShouldBePositive();
        page.Events[0].Position.ShouldBeGreaterThan(page.Trimmed.Highest);
    }

    [Fact]
    public async Task Each_sees_the_newest_sign_of_the_other_and_its_own()
    {
        var renamed = Sign("a", 2) with { Name = "renamed \"ä\n'", State = "{}" };
        (await _a.SignAsync(Sign("a", 1), Token)).ShouldBe([Sign("a", 1)]);
        (await _b.SignAsync(Sign("b", 1), Token)).ShouldContain(Sign("b", 1));
        await SeeAsync(_a, renamed, renamed, Sign("b", 1));
        await SeeAsync(_b, Sign("b", 2), Sign("b", 2), renamed);
        await SeeAsync(_a, Sign("a", 3), Sign("a", 3), Sign("b", 2));
    }

    [Fact]
    public async Task A_sign_that_one_takes_away_is_gone_for_the_other()
    {
        await _b.SignAsync(Sign("b", 1), Token);
        await _a.SignAsync(Sign("a", 1), Token);
        await SeeAsync(_b, Sign("b", 2), Sign("b", 2), Sign("a", 1));
        await _b.RemoveSignAsync("a", Token);
        await _b.RemoveSignAsync("nobody", Token);
        await SeeAsync(_b, Sign("b", 3), Sign("b", 3));
        await SeeAsync(_a, Sign("c", 1), Sign("c", 1), Sign("b", 3));
    }

    [Fact]
    public async Task Signs_are_those_of_one_log()
    {
        await using var other = await fixture.OpenAsync(Plan);
        await SeeAsync(other, Sign("other", 1), Sign("other", 1));
        await SeeAsync(_a, Sign("a", 1), Sign("a", 1));
        await SeeAsync(other, Sign("other", 2), Sign("other", 2));
    }

    [Fact]
    public async Task A_sign_moves_no_head_and_wakes_nobody()
    {
        var waiting = _b.ReadTailAsync(_b.Head, Token).AsTask();
        await SeeAsync(_a, Sign("a", 1), Sign("a", 1));
        _a.Head.ShouldBe(0);
        (await AppendAsync(_a, Content("t", "1"))).Events[0].Position.ShouldBe(1);
        (await waiting).Events.ShouldHaveSingleItem().Content.GetText().ShouldBe("1");
    }

    private static HubSign Sign(string hub, long count) => new(hub, $"hub {hub}", count, $"{{\"readers\":{count}}}");

    // An engine may be late with what another has left: a hub asks again.
    private static async Task SeeAsync(IEventLog log, HubSign own, params HubSign[] expected)
    {
        IReadOnlyList<HubSign> seen;
        var attempt = 0;
        do seen = await log.SignAsync(own, Token);
        while (seen.OrderBy(s => s.Hub).SequenceEqual(expected.OrderBy(s => s.Hub)) is false && ++attempt < 200);
        seen.ShouldBe(expected, ignoreOrder: true);
    }

    private static Event Content(string topic, string data = "x", string? id = null) => new(Topic.Parse(topic), data) { Id = id is null ? default : EventId.Parse(id) };

    private static async Task<Appended> AppendAsync(IEventLog log, Event content, IdempotencyKey? key = null, PublishCondition? condition = null) =>
        (await log.AppendAsync([new Append([content]) { Idempotency = key, Condition = condition }], Token))[0];

    private static async Task<List<LoggedEvent>> FollowAsync(IEventLog log, int count)
    {
        var followed = new List<LoggedEvent>();
        for (var after = 0L; followed.Count < count;)
        {
            var page = await log.ReadTailAsync(after, Token);
            page.ReadThrough.ShouldBeGreaterThan(after);
            followed.AddRange(page.Events);
            after = page.ReadThrough;
        }

        return followed;
    }

    private static string Texts(IEnumerable<LoggedEvent> events) => string.Join(' ', events.Select(e => e.Content.GetText()));
}
