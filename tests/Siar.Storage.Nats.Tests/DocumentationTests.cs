using Siar.Hub;
using Siar.Storage.Contract;
using System.Text.RegularExpressions;
using Siar.Storage.Nats.Tests.Shared;
using Siar.TestKit;

namespace Siar.Storage.Nats.Tests;

/// <summary>What the documentation says of the servers' configuration is so.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public async Task The_rights_that_the_page_lists_are_enough_for_a_hub()
    {
        var page = await File.ReadAllTextAsync(Path.GetFullPath(Path.Combine(Vectors.Root, "..", "..", "docs", "operations", "nats.md")), TestContext.Current.CancellationToken);
        var rights = Rights().Match(page).Groups["rights"].Value;
        rights.ShouldNotBeEmpty();
        await using var server = await NatsServer.StartAsync($"authorization {{ users: [ {{ user: hub, password: right, permissions: {{ {rights} }} }} ] }}");
        var url = $"nats://hub:right@127.0.0.1:{server.Port}";
        await using var a = await NatsHubs.OpenAsync(url, "siar", o => (o.SnapshotBytes, o.KeptMessages) = (100_000, 5));
        for (var i = 0; i < 40; i++) await SharedLogs.AppendAsync(a, SharedLogs.Content("t", $"{i} {new string('x', 5_000)}"));
        await a.MaintainAsync();
        (await a.ReadJournalAsync()).First.ShouldBeGreaterThan(10);
        await using var b = await NatsHubs.OpenAsync(url, "siar");
        (await SharedLogs.AppendAsync(b, SharedLogs.Content("t", "last"))).Events[0].Position.ShouldBe(41);
        (await SharedLogs.FollowAsync(a, 40, 1))[0].Content.GetText().ShouldBe("last");
        (await a.SignAsync(new HubSign("a", "a", 1, "{}"), TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
        await a.RemoveSignAsync("a", TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"^```text\n(?<rights>publish: .*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Rights();
}
