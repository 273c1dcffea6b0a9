using Npgsql;
using Siar.Hub;
using Siar.Storage.Contract;
using Siar.TestKit;
using Siar.Topics;

namespace Siar.Storage.Postgres.Tests.Shared;

/// <summary>Two hubs on one log.</summary>
public sealed class SharedLogTests
{
    [Fact]
    public async Task Each_hub_sees_what_the_other_appends_and_both_in_one_order()
    {
        await using var hubs = await TwoHubs.OpenAsync();
        const int Each = 60;
        var appending = new[] { (hubs.A, "a"), (hubs.B, "b") }.Select(h => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++) await SharedLogs.AppendAsync(h.Item1, SharedLogs.Content("t", $"{h.Item2}{i}"));
        }));
        var following = new[] { hubs.A, hubs.B }.Select(h => SharedLogs.FollowAsync(h, 0, 2 * Each)).ToList();
        await Task.WhenAll(appending);

        var seenByA = await following[0];
        var seenByB = await following[1];
        seenByA.Select(e => e.Position).ShouldBe(Enumerable.Range(1, 2 * Each).Select(i => (long)i));
        SharedLogs.Texts(seenByB).ShouldBe(SharedLogs.Texts(seenByA));
        foreach (var hub in new[] { "a", "b" })
            seenByA.Select(e => e.Content.GetText()).Where(t => t[0] == hub[0]).ShouldBe(Enumerable.Range(0, Each).Select(i => $"{hub}{i}"));
    }

    [Fact]
    public async Task Keys_conditions_and_closings_hold_between_hubs()
    {
        await using var hubs = await TwoHubs.OpenAsync();
        var key = new IdempotencyKey("scope", "key", 1, TimeSpan.FromHours(1));
        var first = await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", "1"), key);
        var repeat = await SharedLogs.AppendAsync(hubs.B, SharedLogs.Content("t", "1"), key);
        repeat.IsRepeat.ShouldBeTrue();
        repeat.Events[0].Id.ShouldBe(first.Events[0].Id);
        (await SharedLogs.AppendAsync(hubs.B, SharedLogs.Content("t", "2"), key with { Fingerprint = 2 })).Refusal.ShouldBe(PublishRefusal.KeyReused);

        (await SharedLogs.AppendAsync(hubs.B, SharedLogs.Content("t", "2"), condition: PublishCondition.TopicIsEmpty)).Refusal.ShouldBe(PublishRefusal.ConditionFailed);
        (await SharedLogs.AppendAsync(hubs.B, SharedLogs.Content("t", "2"), condition: PublishCondition.NewestIs(first.Events[0].Id))).Refusal.ShouldBeNull();
        (await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", "3"), condition: PublishCondition.NewestIs(first.Events[0].Id))).Refusal.ShouldBe(PublishRefusal.ConditionFailed);

        var closing = await SharedLogs.AppendAsync(hubs.A, Event.Closing(Topic.Parse("t")));
        (await SharedLogs.AppendAsync(hubs.B, SharedLogs.Content("t", "4"))).Refusal.ShouldBe(PublishRefusal.TopicClosed);
        (await SharedLogs.AppendAsync(hubs.B, Event.Closing(Topic.Parse("t")))).Events[0].Position.ShouldBe(closing.Events[0].Position);
        hubs.B.FindClosing(Topic.Parse("t"))!.Value.Position.ShouldBe(closing.Events[0].Position);
    }

    /// <summary>A statement that waits for the head's lock and reads the keys in one sees them as they were before it waited.</summary>
    [Fact]
    public async Task Of_many_publishes_with_one_key_at_two_hubs_one_is_done()
    {
        await using var hubs = await TwoHubs.OpenAsync();
        for (var i = 0; i < 40; i++)
        {
            var key = new IdempotencyKey("scope", $"{i}", 1, TimeSpan.FromHours(1));
            var both = await Task.WhenAll(new[] { hubs.A, hubs.B }.Select(h => Task.Run(() => SharedLogs.AppendAsync(h, SharedLogs.Content("t", $"{i}"), key))));
            both.Count(b => b.IsRepeat).ShouldBe(1);
            both[0].Events[0].Position.ShouldBe(both[1].Events[0].Position);
        }

        hubs.A.Head.ShouldBe(40);
    }

    [Fact]
    public async Task The_newest_id_of_another_hub_is_no_gap()
    {
        await using var hubs = await TwoHubs.OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            var appended = await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", id: i % 2 == 0 ? $"own-{i}" : null));
            (await hubs.B.ResolveAsync(appended.Events[0].Id)).ShouldBe(new ResolvedCursor(appended.Events[0].Position, null));
        }

        (await hubs.B.ResolveAsync(HubEventId.Create(hubs.B.Epoch, 21))).Gap.ShouldBe(GapReason.UnknownId);
    }

    [Fact]
    public async Task Trimming_by_one_hub_is_known_to_the_other()
    {
        await using var hubs = await TwoHubs.OpenAsync(new RetentionLimits(5, null, null));
        for (var i = 0; i < 20; i++) await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", $"{i}", key: $"{i % 7}"));
        await SharedLogs.FollowAsync(hubs.B, 0, 1);
        await hubs.A.MaintainAsync();

        var page = await hubs.B.ReadAsync(new LogQuery(0, MatcherSet.All, 100, 10_000));
        page.Events.Select(e => e.Position).ShouldBe([16, 17, 18, 19, 20]);
        page.Trimmed.Floor(MatcherSet.All, MatcherSet.None).ShouldBe(15);
        hubs.B.Trimmed.Floor(MatcherSet.All, MatcherSet.None).ShouldBe(15);
    }

    [Fact]
    public async Task Hubs_that_trim_and_append_at_once_keep_what_the_limits_say()
    {
        await using var hubs = await TwoHubs.OpenAsync(new RetentionLimits(30, null, null) { MaxKeys = 5 });
        await Task.WhenAll(new[] { hubs.A, hubs.B }.Select(h => Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await SharedLogs.AppendAsync(h, SharedLogs.Content($"t{i % 9}", $"{i}", key: i % 3 == 0 ? $"{i % 12}" : null));
                if (i % 5 == 0) await h.MaintainAsync();
            }
        })));
        await hubs.A.MaintainAsync();
        await hubs.B.MaintainAsync();

        hubs.A.Head.ShouldBe(120);
        (await Databases.ReadAsync(hubs.Connection, "SELECT string_agg(position::text, ' ' ORDER BY position) FROM siar.event"))
            .ShouldBe(string.Join(' ', Enumerable.Range(91, 30)));
        (await Databases.ReadAsync(hubs.Connection, "SELECT count - passed FROM siar.class_total t JOIN siar.retention r USING (log, class)")).ShouldBe(30L);
        (await Databases.ReadAsync(hubs.Connection, "SELECT survivors - (SELECT count(*) FROM siar.survivor) FROM siar.class_total")).ShouldBe(0L);
        (await Databases.ReadAsync(hubs.Connection, "SELECT count(*) FROM siar.survivor s WHERE NOT EXISTS (SELECT FROM siar.keyed k WHERE k.position = s.position)")).ShouldBe(0L);
        (await Databases.ReadAsync(hubs.Connection, "SELECT count(*) FROM siar.event_topic x WHERE NOT EXISTS (SELECT FROM siar.event e WHERE e.position = x.position)")).ShouldBe(0L);
    }

    [Fact]
    public async Task A_strangers_open_transaction_neither_stalls_nor_skips()
    {
        await using var hubs = await TwoHubs.OpenAsync();
        await using var source = NpgsqlDataSource.Create(hubs.Connection);
        await using var stranger = await source.OpenConnectionAsync();
        await using var transaction = await stranger.BeginTransactionAsync();
        await using (var publish = new NpgsqlCommand("SELECT siar.publish('t', 'late')", stranger)) await publish.ExecuteNonQueryAsync();

        await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", "1"));
        (await SharedLogs.FollowAsync(hubs.B, 0, 1))[0].Content.GetText().ShouldBe("1");
        await hubs.B.MoveOutboxAsync();
        hubs.B.Head.ShouldBe(1);

        await transaction.CommitAsync();
        SharedLogs.Texts(await SharedLogs.FollowAsync(hubs.B, 0, 2)).ShouldBe("1 late");
    }

    [Fact]
    public async Task Times_never_fall_however_far_the_clocks_are_apart()
    {
        var ahead = new ManualTimeProvider();
        var behind = new ManualTimeProvider();
        ahead.Advance(TimeSpan.FromHours(1));
        await using var hubs = await TwoHubs.OpenAsync(clockOfA: ahead, clockOfB: behind);
        var times = new List<DateTimeOffset>();
        for (var i = 0; i < 6; i++) times.Add((await SharedLogs.AppendAsync(i % 2 == 0 ? hubs.A : hubs.B, SharedLogs.Content("t"))).Events[0].Time);
        times.ShouldBe(times.Order());
        times[^1].ShouldBe(ahead.GetUtcNow());
    }

    [Fact]
    public async Task A_hub_whose_retention_differs_trims_by_what_stands_in_the_log()
    {
        await using var hubs = await TwoHubs.OpenAsync(new RetentionLimits(5, null, null));
        await using var other = await TwoHubs.OpenAsync(hubs.Connection, new RetentionLimits(2, null, null));
        other.HasOtherPlan.ShouldBeTrue();
        hubs.B.HasOtherPlan.ShouldBeFalse();
        other.Plan.Classes[0].Limits.MaxCount.ShouldBe(5);

        var plan = new RetentionPlan(new RetentionLimits(3, null, null), [new RetentionClass("u", new RetentionLimits(2, null, null))]);
        await using var adopting = await PostgresLog.OpenAsync(hubs.Connection, new PostgresLogOptions { AdoptRetention = true }, plan, TimeProvider.System);
        for (var i = 0; i < 9; i++) await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content(i % 2 == 0 ? "t" : "u"));
        await hubs.A.MaintainAsync();
        hubs.A.Plan.Classes.Select(c => c.Limits.MaxCount).ShouldBe([2, 3]);
        (await hubs.B.ReadAsync(new LogQuery(0, MatcherSet.All, 100, 10_000))).ReadThrough.ShouldBe(hubs.B.Head);
        (await Databases.ReadAsync(hubs.Connection, "SELECT string_agg(position::text, ' ' ORDER BY position) FROM siar.event")).ShouldBe("5 6 7 8 9");
    }
}
