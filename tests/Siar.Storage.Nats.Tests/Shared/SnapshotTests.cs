using Siar.Hub;
using Siar.Storage.Contract;
using Siar.Topics;
using Siar.TestKit;

namespace Siar.Storage.Nats.Tests.Shared;

/// <summary>The stream's beginning is let go, and a copy of an index takes its place.</summary>
public sealed class SnapshotTests
{
    private static readonly RetentionPlan Plan = new(new RetentionLimits(50, null, null), []);
    private static readonly IdempotencyKey Key = new("scope", "key", 1, TimeSpan.FromHours(1));

    [Fact]
    public async Task A_new_hub_begins_with_the_copy_and_knows_what_the_stream_no_longer_has()
    {
        var url = (await NatsServer.Shared).Url;
        var name = NatsHubs.NewName();
        await using var a = await OpenAsync(url, name);
        var first = (await SharedLogs.AppendAsync(a, SharedLogs.Content("t", "first", "own", "state"), Key)).Events[0];
        await SharedLogs.AppendAsync(a, Event.Closing(Topic.Parse("closed")));
        await FillAsync(a, 200);

        await using var b = await OpenAsync(url, name);
        b.Head.ShouldBe(a.Head);
        b.Epoch.ShouldBe(a.Epoch);
        (await SharedLogs.AppendAsync(b, SharedLogs.Content("t", "first", "own", "state"), Key)).Events[0].Id.ShouldBe(first.Id);
        (await SharedLogs.AppendAsync(b, SharedLogs.Content("closed"))).Refusal.ShouldBe(PublishRefusal.TopicClosed);
        b.FindClosing(Topic.Parse("closed")).ShouldNotBeNull();
        b.Trimmed.Highest.ShouldBe(a.Trimmed.Highest);
        var read = await b.ReadAsync(new LogQuery(0, MatcherSet.All, 1_000, 1 << 24));
        read.Events.Select(e => e.Position).ShouldBe((await a.ReadAsync(new LogQuery(0, MatcherSet.All, 1_000, 1 << 24))).Events.Select(e => e.Position));
        var head = a.Head;
        (await SharedLogs.AppendAsync(b, SharedLogs.Content("t", "after"))).Events[0].Position.ShouldBe(head + 1);
    }

    [Fact]
    public async Task A_hub_that_was_away_while_the_beginning_was_let_go_goes_on_without_another_epoch()
    {
        var folder = Directory.CreateTempSubdirectory("siar-");
        try
        {
            var url = (await NatsServer.Shared).Url;
            var name = NatsHubs.NewName();
            var index = Path.Combine(folder.FullName, "index.db");
            await using var a = await OpenAsync(url, name);
            LoggedEvent seen;
            await using (var b = await OpenAsync(url, name, index)) seen = (await SharedLogs.AppendAsync(b, SharedLogs.Content("t", "seen"))).Events[0];
            await FillAsync(a, 200);

            await using var again = await OpenAsync(url, name, index);
            again.Head.ShouldBe(a.Head);
            again.Epoch.ShouldBe(seen.Epoch);
            (await again.ResolveAsync(seen.Id)).ShouldBe(new ResolvedCursor(seen.Position, null));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_hub_whose_index_is_of_no_use_makes_it_again()
    {
        var folder = Directory.CreateTempSubdirectory("siar-");
        try
        {
            var url = (await NatsServer.Shared).Url;
            var name = NatsHubs.NewName();
            var index = Path.Combine(folder.FullName, "index.db");
            await using (var log = await OpenAsync(url, name, index)) await SharedLogs.AppendAsync(log, SharedLogs.Content("t", "1"));
            await File.WriteAllTextAsync(index, "This is no index, and longer than the beginning of a file of SQLite's would be: it goes on and on, and says nothing at all.");
            await using var again = await OpenAsync(url, name, index);
            SharedLogs.Texts(await SharedLogs.FollowAsync(again, 0, 1)).ShouldBe("1");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<NatsLog> OpenAsync(string url, string name, string? index = null) => NatsHubs.OpenAsync(
        url, name, o => (o.SnapshotBytes, o.KeptMessages, o.IndexPath) = (100_000, 5, index), Plan);

    // Until the stream no longer has its beginning.
    private static async Task FillAsync(NatsLog log, int events)
    {
        for (var i = 0; i < events; i++) await SharedLogs.AppendAsync(log, SharedLogs.Content("t", $"{i} {new string('x', 5_000)}"));
        await log.MaintainAsync();
        (await log.ReadJournalAsync()).First.ShouldBeGreaterThan(100);
    }
}
