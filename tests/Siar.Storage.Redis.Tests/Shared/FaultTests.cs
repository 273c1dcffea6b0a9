using Siar.Hub;
using Siar.Storage.Contract;
using Siar.TestKit;
using StackExchange.Redis;

namespace Siar.Storage.Redis.Tests.Shared;

/// <summary>What a shared log does when the server, or the way to it, fails.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_batch_whose_answer_was_lost_is_settled_and_stands_in_the_log_once()
    {
        var server = await RedisServer.Shared;
        await using var proxy = new TcpProxy(server.Port);
        var name = RedisHubs.NewName();
        await using var a = await RedisHubs.OpenAsync(proxy, name, seconds: 60);
        await using var b = await RedisHubs.OpenAsync(server.Connection, name);
        for (var i = 1; i <= 3; i++)
        {
            await SharedLogs.AppendAsync(a, SharedLogs.Content("t", $"{i}"));
            proxy.LoseAnswer(RedisHubs.IsAck);
            (await SharedLogs.AppendAsync(a, SharedLogs.Content("t", $"lost{i}"))).Events.ShouldHaveSingleItem().Position.ShouldBe(2 * i);
            proxy.AnswersLost.ShouldBe(i);
        }

        foreach (var hub in new[] { a, b }) SharedLogs.Texts(await SharedLogs.FollowAsync(hub, 0, 6)).ShouldBe("1 lost1 2 lost2 3 lost3");
    }

    [Fact]
    public async Task A_hub_that_is_cut_off_says_so_and_comes_up_by_itself()
    {
        var server = await RedisServer.Shared;
        await using var proxy = new TcpProxy(server.Port);
        var name = RedisHubs.NewName();
        await using var a = await RedisHubs.OpenAsync(proxy, name, seconds: 1);
        await using var b = await RedisHubs.OpenAsync(server.Connection, name);
        await SharedLogs.AppendAsync(a, SharedLogs.Content("t", "1"));
        proxy.Cut();
        await Should.ThrowAsync<LogUnavailableException>(async () => await SharedLogs.AppendAsync(a, SharedLogs.Content("t", "2")));
        a.Health.State.ShouldBe(LogState.Unavailable);
        await SharedLogs.AppendAsync(b, SharedLogs.Content("t", "3"));

        proxy.Heal();
        await SharedLogs.MaintainUntilAsync(a, () => a.Health.State is LogState.Available);
        (await SharedLogs.FollowAsync(a, 1, 1)).Select(e => e.Content.GetText()).ShouldBeSubsetOf(["2", "3"]);
        var last = await SharedLogs.AppendUntilKeptAsync(a, "4");
        (await SharedLogs.FollowAsync(b, last.Position - 1, 1))[0].Id.ShouldBe(last.Id);
    }

    /// <summary>A hub cannot know whether a server that comes back has all that it acknowledged.</summary>
    [Fact]
    public async Task A_restart_ends_the_epoch_at_the_head_that_is_found_and_ids_up_to_it_resume()
    {
        await using var server = await RedisServer.StartAsync("--appendfsync", "always");
        await using var a = await RedisHubs.OpenAsync(server.Connection, "siar");
        await using var b = await RedisHubs.OpenAsync(server.Connection, "siar");
        for (var i = 1; i <= 5; i++) await SharedLogs.AppendAsync(a, SharedLogs.Content("t", $"{i}"));
        var last = (await SharedLogs.FollowAsync(b, 0, 5))[^1];
        await server.KillAsync();
        await server.StartAgainAsync();

        var after = await SharedLogs.AppendUntilKeptAsync(b, "6");
        after.Position.ShouldBe(6);
        after.Epoch.ShouldNotBe(last.Epoch);
        SharedLogs.Texts(await SharedLogs.FollowAsync(a, 0, 6)).ShouldBe("1 2 3 4 5 6");
        foreach (var hub in new[] { a, b })
        {
            (await hub.ResolveAsync(last.Id)).ShouldBe(new ResolvedCursor(5, null));
            (await hub.ResolveAsync(after.Id)).ShouldBe(new ResolvedCursor(6, null));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_promoted_replica_never_got_is_told_and_no_position_means_two_events(bool hasEarlierEpoch)
    {
        await using var master = await RedisServer.StartAsync();
        await using var link = new TcpProxy(master.Port);
        await using var replica = await RedisServer.StartAsync("--replicaof", "127.0.0.1", $"{link.Port}", "--repl-diskless-sync-delay", "0");
        var both = $"{master.Connection},{replica.Connection}";
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{replica.Connection},allowAdmin=true");

        // The first replica of a server changes its replication id, and so ends an epoch.
        await UntilAsync(async () => (await admin.GetServer(replica.Connection).InfoRawAsync("replication"))!.Contains("master_link_status:up", StringComparison.Ordinal));
        await using var a = await RedisHubs.OpenAsync(both, "siar");
        await using var b = await RedisHubs.OpenAsync(both, "siar");
        var events = new List<LoggedEvent>();
        for (var i = 1; i <= 3; i++)
        {
            events.AddRange((await SharedLogs.AppendAsync(a, SharedLogs.Content("t", $"{i}"))).Events);
            if (i == 1 && hasEarlierEpoch) await EndEpochAsync(a, b);
        }

        var journal = (await a.ReadJournalAsync()).Last;
        await UntilAsync(async () => (long?)(RedisValue)await admin.GetDatabase().HashGetAsync("{siar:siar}:state", "last", CommandFlags.PreferReplica) == journal);

        link.Cut();
        for (var i = 4; i <= 5; i++) events.AddRange((await SharedLogs.AppendAsync(a, SharedLogs.Content("t", $"{i}"))).Events);
        await SharedLogs.FollowAsync(b, 0, 5);
        await master.KillAsync();
        await admin.GetServer(replica.Connection).ExecuteAsync("REPLICAOF", "NO", "ONE");

        await SharedLogs.MaintainUntilAsync(b, () => b.Epoch != events[^1].Epoch && b.Head == 3);
        await SharedLogs.MaintainUntilAsync(a, () => a.Epoch != events[^1].Epoch && a.Head == 3);
        var again = await SharedLogs.AppendUntilKeptAsync(a, "other");
        again.Position.ShouldBe(4);
        again.Id.ShouldNotBe(events[3].Id);

        // Whatever epochs ended before, a hub goes back to where the last one ended.
        SharedLogs.Texts(await SharedLogs.FollowAsync(b, 3, 1)).ShouldBe("other");
        foreach (var hub in new[] { a, b })
        {
            (await hub.ResolveAsync(events[3].Id)).ShouldBe(new ResolvedCursor(3, GapReason.OtherEpoch));
            (await hub.ResolveAsync(events[2].Id)).ShouldBe(new ResolvedCursor(3, null));
            (await hub.ResolveAsync(events[0].Id)).ShouldBe(new ResolvedCursor(1, null));
        }

        async Task EndEpochAsync(params IEventLog[] hubs)
        {
            await using var toMaster = await ConnectionMultiplexer.ConnectAsync(master.Connection);
            await toMaster.GetDatabase().HashSetAsync("{siar:siar}:state", "life", "another");
            foreach (var hub in hubs)
            {
                await SharedLogs.MaintainUntilAsync(hub, () => hub.Epoch != events[0].Epoch);
                await SharedLogs.FollowAsync(hub, 0, 1);
            }
        }
    }

    [Fact]
    public async Task A_server_without_memory_is_full_and_takes_events_again_when_there_is_room()
    {
        await using var server = await RedisServer.StartAsync("--maxmemory", "8mb");
        await using var log = await RedisHubs.OpenAsync(server.Connection, "siar");
        LogUnavailableException? failure = null;
        for (var i = 0; failure is null; i++)
        {
            i.ShouldBeLessThan(1_000);
            try
            {
                await SharedLogs.AppendAsync(log, SharedLogs.Content("t", new string('x', 100_000)));
            }
            catch (LogUnavailableException told)
            {
                failure = told;
            }
        }

        (failure.State, failure.MayBeKept).ShouldBe((LogState.Full, false));
        log.Health.State.ShouldBe(LogState.Full);
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{server.Connection},allowAdmin=true");
        await admin.GetServer(server.Connection).ConfigSetAsync("maxmemory", "100mb");
        await SharedLogs.MaintainUntilAsync(log, () => log.Health.State is LogState.Available);
        await SharedLogs.AppendAsync(log, SharedLogs.Content("t"));
    }

    [Theory]
    [InlineData("appendonly yes", "--appendonly", "no")]
    [InlineData("maxmemory-policy noeviction", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")]
    public async Task A_server_that_would_drop_events_by_itself_stops_the_start(string said, params string[] settings)
    {
        await using var server = await RedisServer.StartAsync(settings);
        (await Should.ThrowAsync<LogUnavailableException>(() => RedisHubs.OpenAsync(server.Connection, "siar"))).Message.ShouldContain(said);
    }

    [Fact]
    public async Task A_server_that_is_not_there_stops_the_start_and_the_password_is_not_repeated()
    {
        var failure = await Should.ThrowAsync<LogUnavailableException>(() => RedisHubs.OpenAsync("127.0.0.1:1,user=hub,password=sécret", "siar", o => o.Timeout = TimeSpan.FromSeconds(1)));
        failure.Message.ShouldContain("127.0.0.1:1");
        failure.ToString().ShouldNotContain("sécret");
        RedisServers.Redact("r1:6379,r2,user=hub,password=sécret,ssl=true").ShouldNotContain("sécret");
        RedisServers.Check("r1,nonsense=1,password=sécret")!.ShouldNotContain("sécret");
        RedisServers.Check("").ShouldNotBeNull();
        RedisServers.Check("r1:6379,ssl=true").ShouldBeNull();
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var attempt = 0; !await isSo(); attempt++)
        {
            attempt.ShouldBeLessThan(1_000);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
