using Siar.Hub;
using Siar.Storage.Contract;
using Siar.Storage.Redis.Tests.Shared;
using Siar.TestKit;
using StackExchange.Redis;

namespace Siar.Storage.Redis.Tests;

/// <summary>What the documentation says of the server's configuration is so.</summary>
public sealed class DocumentationTests
{
    [Fact]
    public async Task The_rights_that_the_page_lists_are_enough_for_a_hub()
    {
        var page = await File.ReadAllLinesAsync(Path.GetFullPath(Path.Combine(Vectors.Root, "..", "..", "docs", "operations", "redis.md")), TestContext.Current.CancellationToken);
        var rights = page.Single(l => l.StartsWith("ACL SETUSER hub", StringComparison.Ordinal)).Split(' ');
        await using var server = await RedisServer.StartAsync();
        await using (var admin = await ConnectionMultiplexer.ConnectAsync($"{server.Connection},allowAdmin=true"))
            await admin.GetServer(server.Connection).ExecuteAsync(rights[0], [.. rights[1..]]);

        var connection = $"{server.Connection},user=hub,password=password";
        await using var a = await RedisHubs.OpenAsync(connection, "siar", o => (o.SnapshotBytes, o.KeptMessages) = (100_000, 5));
        for (var i = 0; i < 40; i++) await SharedLogs.AppendAsync(a, SharedLogs.Content("t", $"{i} {new string('x', 5_000)}"));
        await a.MaintainAsync();
        (await a.ReadJournalAsync()).First.ShouldBeGreaterThan(10);
        await using var b = await RedisHubs.OpenAsync(connection, "siar");
        (await SharedLogs.AppendAsync(b, SharedLogs.Content("t", "last"))).Events[0].Position.ShouldBe(41);
        (await SharedLogs.FollowAsync(a, 40, 1))[0].Content.GetText().ShouldBe("last");
        (await a.SignAsync(new HubSign("a", "a", 1, "{}"), TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
        await a.RemoveSignAsync("a", TestContext.Current.CancellationToken);
    }
}
