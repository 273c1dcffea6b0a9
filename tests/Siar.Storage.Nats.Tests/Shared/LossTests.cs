using Siar.Hub;
using Siar.Storage.Contract;
using Siar.TestKit;

namespace Siar.Storage.Nats.Tests.Shared;

/// <summary>What hubs tell where the engine has lost what it had acknowledged.</summary>
public sealed class LossTests
{
    [Fact]
    public async Task What_a_server_has_lost_is_told_and_no_position_means_two_events()
    {
        await using var server = await NatsServer.StartAsync();
        await using var a = await NatsHubs.OpenAsync(server.Url, "siar");
        await using var b = await NatsHubs.OpenAsync(server.Url, "siar");
        var events = new List<LoggedEvent>();
        for (var i = 1; i <= 3; i++) events.AddRange((await SharedLogs.AppendAsync(a, SharedLogs.Content("t", $"{i}"))).Events);
        await server.KillAsync();
        await server.SaveDataAsync();
        await server.StartAgainAsync();
        for (var i = 4; i <= 5; i++) events.Add(await SharedLogs.AppendUntilKeptAsync(a, $"{i}"));
        await SharedLogs.FollowAsync(b, 0, 5);
        await server.KillAsync();
        await server.RestoreDataAsync();
        await server.StartAgainAsync();

        await SharedLogs.MaintainUntilAsync(b, () => b.Epoch != events[0].Epoch && b.Head == 3);
        (await b.ReadTailAsync(5, TestContext.Current.CancellationToken)).ReadThrough.ShouldBe(3);
        await SharedLogs.MaintainUntilAsync(a, () => a.Epoch != events[0].Epoch && a.Head == 3);
        var again = await SharedLogs.AppendUntilKeptAsync(a, "other");
        again.Position.ShouldBe(4);
        again.Id.ShouldNotBe(events[3].Id);
        SharedLogs.Texts(await SharedLogs.FollowAsync(b, 3, 1)).ShouldBe("other");
        foreach (var hub in new[] { a, b })
        {
            (await hub.ResolveAsync(events[3].Id)).ShouldBe(new ResolvedCursor(3, GapReason.OtherEpoch));
            (await hub.ResolveAsync(events[2].Id)).ShouldBe(new ResolvedCursor(3, null));
            (await hub.ResolveAsync(again.Id)).ShouldBe(new ResolvedCursor(4, null));
        }
    }

    [Fact]
    public async Task A_server_that_has_lost_everything_begins_another_log_and_readers_are_told()
    {
        await using var server = await NatsServer.StartAsync();
        await using var a = await NatsHubs.OpenAsync(server.Url, "siar");
        await using var b = await NatsHubs.OpenAsync(server.Url, "siar");
        var first = (await SharedLogs.AppendAsync(a, SharedLogs.Content("t", "1"))).Events[0];
        await SharedLogs.FollowAsync(b, 0, 1);
        await server.KillAsync();
        server.DeleteData();
        await server.StartAgainAsync();

        await SharedLogs.MaintainUntilAsync(a, () => a.Epoch != first.Epoch);
        await SharedLogs.MaintainUntilAsync(b, () => b.Epoch == a.Epoch);
        (await b.ReadTailAsync(1, TestContext.Current.CancellationToken)).ReadThrough.ShouldBe(0);
        var again = await SharedLogs.AppendUntilKeptAsync(b, "2");
        again.Position.ShouldBe(1);
        SharedLogs.Texts(await SharedLogs.FollowAsync(b, 0, 1)).ShouldBe("2");
        (await b.ResolveAsync(first.Id)).Gap.ShouldBe(GapReason.OtherEpoch);
    }

    [Fact]
    public async Task A_hub_that_was_away_finds_out_at_its_start_that_the_server_has_lost_what_its_index_holds()
    {
        var folder = Directory.CreateTempSubdirectory("siar-");
        try
        {
            var index = Path.Combine(folder.FullName, "index.db");
            await using var server = await NatsServer.StartAsync();
            LoggedEvent lost;
            await using (var log = await NatsHubs.OpenAsync(server.Url, "siar", o => o.IndexPath = index))
            {
                await SharedLogs.AppendAsync(log, SharedLogs.Content("t", "1"));
                await server.KillAsync();
                await server.SaveDataAsync();
                await server.StartAgainAsync();
                lost = await SharedLogs.AppendUntilKeptAsync(log, "2");
            }

            await server.KillAsync();
            await server.RestoreDataAsync();
            await server.StartAgainAsync();
            await using var again = await NatsHubs.OpenAsync(server.Url, "siar", o => o.IndexPath = index);
            again.Epoch.ShouldNotBe(lost.Epoch);
            (await again.ResolveAsync(lost.Id)).ShouldBe(new ResolvedCursor(1, GapReason.OtherEpoch));
            (await SharedLogs.AppendAsync(again, SharedLogs.Content("t", "3"))).Events[0].Position.ShouldBe(2);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
