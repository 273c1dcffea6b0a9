using Siar.Hub;
using Siar.Storage.Contract;
using Siar.TestKit;

namespace Siar.Storage.Postgres.Tests.Shared;

/// <summary>What a shared log does when the server, or the way to it, fails.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_batch_whose_answer_was_lost_is_settled_and_stands_in_the_log_once()
    {
        await using var proxy = new TcpProxy((await PostgresServer.Shared).Port);
        await using var hubs = await TwoHubs.OpenAsync(proxy);
        for (var i = 1; i <= 5; i++)
        {
            await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", $"{i}"));
            proxy.LoseAnswer(IsCommit);
            var appended = await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", $"lost{i}"));
            appended.Events.ShouldHaveSingleItem().Position.ShouldBe(2 * i);
            proxy.AnswersLost.ShouldBe(i);
        }

        SharedLogs.Texts(await SharedLogs.FollowAsync(hubs.B, 0, 10)).ShouldBe("1 lost1 2 lost2 3 lost3 4 lost4 5 lost5");
        SharedLogs.Texts(await SharedLogs.FollowAsync(hubs.A, 0, 10)).ShouldBe("1 lost1 2 lost2 3 lost3 4 lost4 5 lost5");
    }

    [Fact]
    public async Task A_hub_that_is_cut_off_says_so_and_comes_up_by_itself()
    {
        await using var proxy = new TcpProxy((await PostgresServer.Shared).Port);
        await using var hubs = await TwoHubs.OpenAsync(proxy);
        await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", "1"));
        proxy.Cut();

        var failure = await Should.ThrowAsync<LogUnavailableException>(async () => await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", "2")));
        failure.MayBeKept.ShouldBeFalse();
        hubs.A.Health.State.ShouldBe(LogState.Unavailable);
        await hubs.A.MaintainAsync();
        hubs.A.Health.State.ShouldBe(LogState.Unavailable);
        await SharedLogs.AppendAsync(hubs.B, SharedLogs.Content("t", "3"));

        proxy.Heal();
        await hubs.A.MaintainAsync();
        hubs.A.Health.State.ShouldBe(LogState.Available);
        SharedLogs.Texts(await SharedLogs.FollowAsync(hubs.A, 0, 2)).ShouldBe("1 3");
        (await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", "4"))).Events[0].Position.ShouldBe(3);
    }

    [Fact]
    public async Task A_commit_of_which_nothing_can_be_found_out_is_told_as_perhaps_kept()
    {
        await using var proxy = new TcpProxy((await PostgresServer.Shared).Port);
        var connection = await Databases.MakeAsync();
        var throughProxy = connection.Replace($"Port={(await PostgresServer.Shared).Port};", $"Port={proxy.Port};", StringComparison.Ordinal);
        await using var log = await TwoHubs.OpenAsync(throughProxy, configure: o => o.Timeout = TimeSpan.FromSeconds(1));
        proxy.LoseAnswer(answer =>
        {
            if (!IsCommit(answer)) return false;
            proxy.Cut();
            return true;
        });

        var failure = await Should.ThrowAsync<LogUnavailableException>(async () => await SharedLogs.AppendAsync(log, SharedLogs.Content("t", "1")));
        failure.MayBeKept.ShouldBeTrue();
        proxy.Heal();
        await log.MaintainAsync();
        SharedLogs.Texts(await SharedLogs.FollowAsync(log, 0, 1)).ShouldBe("1");
    }

    [Fact]
    public async Task A_server_that_is_killed_and_comes_back_has_all_that_was_acknowledged()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var log = await TwoHubs.OpenAsync(server.ConnectionTo("postgres"));
        var acknowledged = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            acknowledged.Add($"{i}");
            await SharedLogs.AppendAsync(log, SharedLogs.Content("t", $"{i}"));
        }

        var epoch = log.Epoch;
        await server.KillAsync();
        await Should.ThrowAsync<LogUnavailableException>(async () => await SharedLogs.AppendAsync(log, SharedLogs.Content("t", "none")));
        await server.StartAgainAsync();

        (await SharedLogs.AppendAsync(log, SharedLogs.Content("t", "after"))).Events[0].Position.ShouldBe(31);
        log.Epoch.ShouldBe(epoch);
        SharedLogs.Texts(await SharedLogs.FollowAsync(log, 0, 31)).ShouldBe(string.Join(' ', [.. acknowledged, "after"]));
    }

    /// <summary>With a synchronous standby nothing is lost; the epoch ends all the same, for a hub cannot know.</summary>
    [Fact]
    public async Task When_the_primary_dies_the_hubs_find_the_promoted_standby_and_nothing_acknowledged_is_lost()
    {
        await using var primary = await PostgresServer.StartAsync();
        await using var standby = await primary.StartStandbyAsync();
        await Databases.ExecuteAsync(primary.ConnectionTo("postgres"), "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (standby)'");
        await Databases.ExecuteAsync(primary.ConnectionTo("postgres"), "SELECT pg_reload_conf()");
        var both = $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Database=postgres;Username=siar;Timeout=30";
        await using var a = await TwoHubs.OpenAsync(both);
        await using var b = await TwoHubs.OpenAsync(both);
        var acknowledged = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            await SharedLogs.AppendAsync(i % 2 == 0 ? a : b, SharedLogs.Content("t", $"{i}"));
            acknowledged.Add($"{i}");
        }

        var last = (await SharedLogs.AppendAsync(a, SharedLogs.Content("t", "last"))).Events[0];
        await primary.KillAsync();
        (await Databases.ReadAsync(standby.ConnectionTo("postgres"), "SELECT pg_promote()")).ShouldBe(true);

        var after = await AppendUntilKeptAsync(b, "after");
        after.Epoch.ShouldNotBe(last.Epoch);
        after.Position.ShouldBe(last.Position + 1);
        SharedLogs.Texts(await SharedLogs.FollowAsync(b, 0, 22)).ShouldBe(string.Join(' ', [.. acknowledged, "last", "after"]));
        (await b.ResolveAsync(last.Id)).ShouldBe(new ResolvedCursor(last.Position, null));
        await AppendUntilKeptAsync(a, "end");
        SharedLogs.Texts(await SharedLogs.FollowAsync(b, after.Position, 1)).ShouldBe("end");
    }

    [Fact]
    public async Task A_promotion_ends_the_epoch_at_the_head_that_is_found_there()
    {
        await using var hubs = await TwoHubs.OpenAsync();
        var before = await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", "1"));
        await Databases.ExecuteAsync(hubs.Connection, "UPDATE siar.log SET timeline = '0000BEEF'");

        var after = await SharedLogs.AppendAsync(hubs.B, SharedLogs.Content("t", "2"));
        after.Events[0].Epoch.ShouldNotBe(before.Events[0].Epoch);
        (await SharedLogs.FollowAsync(hubs.A, 1, 1))[0].Epoch.ShouldBe(after.Events[0].Epoch);
        hubs.A.Epoch.ShouldBe(after.Events[0].Epoch);
        (await hubs.A.ResolveAsync(before.Events[0].Id)).ShouldBe(new ResolvedCursor(1, null));
        (await hubs.A.ResolveAsync(after.Events[0].Id)).ShouldBe(new ResolvedCursor(2, null));
        (await hubs.A.ResolveAsync(HubEventId.Create(before.Events[0].Epoch, 2))).ShouldBe(new ResolvedCursor(1, GapReason.OtherEpoch));
    }

    /// <summary>As after the promotion of a standby that had not got the last commits.</summary>
    [Fact]
    public async Task What_a_server_has_lost_is_told_and_no_position_means_two_events()
    {
        await using var hubs = await TwoHubs.OpenAsync();
        var events = new List<LoggedEvent>();
        for (var i = 1; i <= 5; i++) events.AddRange((await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", $"{i}"))).Events);
        await SharedLogs.FollowAsync(hubs.B, 0, 5);
        await Databases.ExecuteAsync(
            hubs.Connection, "UPDATE siar.log SET head = 3; DELETE FROM siar.event WHERE position > 3; DELETE FROM siar.event_topic WHERE position > 3");

        await hubs.B.MaintainAsync();
        hubs.B.Head.ShouldBe(3);
        hubs.B.Epoch.ShouldNotBe(events[0].Epoch);
        (await hubs.B.ReadTailAsync(5, TestContext.Current.CancellationToken)).ReadThrough.ShouldBe(3);
        var again = await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", "other"));
        again.Events[0].Position.ShouldBe(4);
        again.Events[0].Id.ShouldNotBe(events[3].Id);
        (await hubs.B.ResolveAsync(events[3].Id)).ShouldBe(new ResolvedCursor(3, GapReason.OtherEpoch));
        (await hubs.B.ResolveAsync(events[2].Id)).ShouldBe(new ResolvedCursor(3, null));
        SharedLogs.Texts(await SharedLogs.FollowAsync(hubs.B, 3, 1)).ShouldBe("other");
    }

    [Fact]
    public async Task Of_several_epochs_that_began_unseen_the_first_says_what_is_lost()
    {
        await using var hubs = await TwoHubs.OpenAsync();
        for (var i = 1; i <= 5; i++) await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t", $"{i}"));
        await SharedLogs.FollowAsync(hubs.B, 0, 5);
        await Databases.ExecuteAsync(hubs.Connection, $"""
            BEGIN;
            UPDATE siar.epoch SET through = 3 WHERE through IS NULL;
            INSERT INTO siar.epoch (log, ordinal, name, after, through) SELECT log, 2, '{Epoch.New()}', 3, 8 FROM siar.log;
            INSERT INTO siar.epoch (log, ordinal, name, after) SELECT log, 3, '{Epoch.New()}', 8 FROM siar.log;
            UPDATE siar.log SET epoch = 3, head = 8;
            COMMIT
            """);

        await hubs.B.MaintainAsync();
        (await hubs.B.ReadTailAsync(5, TestContext.Current.CancellationToken)).ReadThrough.ShouldBe(3);
    }

    [Fact]
    public async Task A_server_without_room_is_full_and_keeps_nothing_of_the_batch()
    {
        await using var hubs = await TwoHubs.OpenAsync();
        await Databases.ExecuteAsync(
            hubs.Connection,
            """
            CREATE FUNCTION public.no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER no_room BEFORE INSERT ON siar.event EXECUTE FUNCTION public.no_room();
            """);
        var failure = await Should.ThrowAsync<LogUnavailableException>(async () => await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t")));
        (failure.State, failure.MayBeKept).ShouldBe((LogState.Full, false));
        hubs.A.Health.State.ShouldBe(LogState.Full);

        await Databases.ExecuteAsync(hubs.Connection, "DROP TRIGGER no_room ON siar.event");
        (await SharedLogs.AppendAsync(hubs.A, SharedLogs.Content("t"))).Events[0].Position.ShouldBe(1);
        hubs.A.Health.State.ShouldBe(LogState.Available);
    }

    private static async Task<LoggedEvent> AppendUntilKeptAsync(PostgresLog log, string text)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return (await SharedLogs.AppendAsync(log, SharedLogs.Content("t", text))).Events[0];
            }
            catch (LogUnavailableException failure) when (attempt < 1_000 && !failure.MayBeKept)
            {
                // The client looks for the primary again each second.
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    /// <summary>The server's word for a statement that is done: <c>C</c>, its length, and the statement's name.</summary>
    private static bool IsCommit(ReadOnlyMemory<byte> answer) => answer.Span.IndexOf("C\0\0\0\u000bCOMMIT"u8) >= 0;
}
