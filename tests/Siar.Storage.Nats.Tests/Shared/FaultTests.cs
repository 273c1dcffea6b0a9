using Siar.Hub;
using Siar.Storage.Contract;
using Siar.TestKit;

namespace Siar.Storage.Nats.Tests.Shared;

/// <summary>What a shared log does when the server, or the way to it, fails.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_batch_whose_answer_was_lost_is_settled_and_stands_in_the_log_once()
    {
        var server = await NatsServer.Shared;
        await using var proxy = new TcpProxy(server.Port);
        var name = NatsHubs.NewName();
        await using var a = await NatsHubs.OpenAsync(proxy, name, seconds: 60);
        await using var b = await NatsHubs.OpenAsync(server.Url, name);
        for (var i = 1; i <= 5; i++)
        {
            await SharedLogs.AppendAsync(a, SharedLogs.Content("t", $"{i}"));
            proxy.LoseAnswer(NatsHubs.IsAck);
            var appended = await SharedLogs.AppendAsync(a, SharedLogs.Content("t", $"lost{i}"));
            appended.Events.ShouldHaveSingleItem().Position.ShouldBe(2 * i);
            proxy.AnswersLost.ShouldBe(i);
        }

        foreach (var hub in new[] { a, b }) SharedLogs.Texts(await SharedLogs.FollowAsync(hub, 0, 10)).ShouldBe("1 lost1 2 lost2 3 lost3 4 lost4 5 lost5");
    }

    [Fact]
    public async Task A_hub_that_is_cut_off_says_so_and_comes_up_by_itself()
    {
        var server = await NatsServer.Shared;
        await using var proxy = new TcpProxy(server.Port);
        var name = NatsHubs.NewName();
        await using var a = await NatsHubs.OpenAsync(proxy, name, seconds: 1);
        await using var b = await NatsHubs.OpenAsync(server.Url, name);
        await SharedLogs.AppendAsync(a, SharedLogs.Content("t", "1"));
        proxy.Cut();

        await Should.ThrowAsync<LogUnavailableException>(async () => await SharedLogs.AppendAsync(a, SharedLogs.Content("t", "2")));
        a.Health.State.ShouldBe(LogState.Unavailable);

        // It is known by now that there is no way to the server.
        (await Should.ThrowAsync<LogUnavailableException>(async () => await SharedLogs.AppendAsync(a, SharedLogs.Content("t", "2")))).MayBeKept.ShouldBeFalse();
        await a.MaintainAsync();
        a.Health.State.ShouldBe(LogState.Unavailable);
        (await a.ReadAsync(new LogQuery(0, Topics.MatcherSet.All, 10, 1_000))).Events.Length.ShouldBe(1);
        await SharedLogs.AppendAsync(b, SharedLogs.Content("t", "3"));

        proxy.Heal();
        await SharedLogs.MaintainUntilAsync(a, () => a.Health.State is LogState.Available);
        (await SharedLogs.FollowAsync(a, 0, 2))[^1].Content.GetText().ShouldBe("3");
        var last = await SharedLogs.AppendUntilKeptAsync(a, "4");
        (await SharedLogs.FollowAsync(b, last.Position - 1, 1))[0].Id.ShouldBe(last.Id);
    }

    [Fact]
    public async Task A_publish_of_which_nothing_can_be_found_out_is_told_as_perhaps_kept()
    {
        var server = await NatsServer.Shared;
        await using var proxy = new TcpProxy(server.Port);
        await using var log = await NatsHubs.OpenAsync(proxy, NatsHubs.NewName(), seconds: 1);
        proxy.LoseAnswer(answer =>
        {
            if (!NatsHubs.IsAck(answer)) return false;
            proxy.Cut();
            return true;
        });

        var failure = await Should.ThrowAsync<LogUnavailableException>(async () => await SharedLogs.AppendAsync(log, SharedLogs.Content("t", "1")));
        failure.MayBeKept.ShouldBeTrue();
        proxy.Heal();
        SharedLogs.Texts(await SharedLogs.FollowAsync(log, 0, 1)).ShouldBe("1");
    }

    [Fact]
    public async Task A_server_that_is_killed_and_comes_back_has_all_that_was_acknowledged()
    {
        await using var server = await NatsServer.StartAsync();
        await using var log = await NatsHubs.OpenAsync(server.Url, "siar", o => o.Timeout = TimeSpan.FromSeconds(2));
        var acknowledged = Enumerable.Range(0, 30).Select(i => $"{i}").ToList();
        foreach (var text in acknowledged) await SharedLogs.AppendAsync(log, SharedLogs.Content("t", text));
        var epoch = log.Epoch;
        await server.KillAsync();
        await Should.ThrowAsync<LogUnavailableException>(async () => await SharedLogs.AppendAsync(log, SharedLogs.Content("t", "none")));
        await server.StartAgainAsync();

        await SharedLogs.AppendUntilKeptAsync(log, "after");
        log.Epoch.ShouldBe(epoch);
        var texts = (await SharedLogs.FollowAsync(log, 0, 31)).Select(e => e.Content.GetText()).Where(t => t != "none");
        string.Join(' ', texts).ShouldBe(string.Join(' ', [.. acknowledged, "after"]));
    }

    [Fact]
    public async Task A_hub_whose_server_hangs_goes_on_when_the_server_does()
    {
        await using var server = await NatsServer.StartAsync();
        await using var log = await NatsHubs.OpenAsync(server.Url, "siar");
        await SharedLogs.AppendAsync(log, SharedLogs.Content("t", "1"));
        await server.PauseAsync(true);
        var appending = SharedLogs.AppendUntilKeptAsync(log, "2");
        await log.MaintainAsync();
        log.Health.State.ShouldBe(LogState.Unavailable);
        await server.PauseAsync(false);
        (await appending).Position.ShouldBe(2);
        await SharedLogs.MaintainUntilAsync(log, () => log.Health.State is LogState.Available);
    }

    [Fact]
    public async Task A_stream_without_room_is_full_and_keeps_nothing_of_the_batch()
    {
        await using var log = await NatsHubs.OpenAsync((await NatsServer.Shared).Url, NatsHubs.NewName(), o => o.MaxBytes = 64 << 10);
        LogUnavailableException? failure = null;
        for (var i = 0; failure is null; i++)
        {
            i.ShouldBeLessThan(100);
            try
            {
                await SharedLogs.AppendAsync(log, SharedLogs.Content("t", new string('x', 4_000)));
            }
            catch (LogUnavailableException told)
            {
                failure = told;
            }
        }

        (failure.State, failure.MayBeKept).ShouldBe((LogState.Full, false));
        failure.Message.ShouldContain("no room");
        log.Health.State.ShouldBe(LogState.Full);

        // The stream's beginning is let go, since a copy of the index takes its place.
        await SharedLogs.MaintainUntilAsync(log, () => log.Health.State is LogState.Available);
        await SharedLogs.AppendAsync(log, SharedLogs.Content("t", new string('x', 4_000)));
    }
}
