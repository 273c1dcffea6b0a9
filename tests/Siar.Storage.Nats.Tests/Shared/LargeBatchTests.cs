using Siar.Hub;
using Siar.Storage.Contract;
using Siar.TestKit;

namespace Siar.Storage.Nats.Tests.Shared;

/// <summary>A batch that is larger than a message of the server may be.</summary>
public sealed class LargeBatchTests
{
    [Fact]
    public async Task What_is_larger_than_a_message_is_appended_whole_and_without_anothers_between()
    {
        await using var server = await NatsServer.StartAsync("max_payload: 8KB");
        await using var a = await NatsHubs.OpenAsync(server.Url, "siar", o => o.Timeout = TimeSpan.FromSeconds(60));
        await using var b = await NatsHubs.OpenAsync(server.Url, "siar", o => o.Timeout = TimeSpan.FromSeconds(60));
        await Task.WhenAll(
            Task.Run(async () =>
            {
                for (var i = 0; i < 5; i++) await a.AppendAsync([new Append([.. Enumerable.Range(0, 10).Select(e => SharedLogs.Content("large", $"{i}.{e} {new string('x', 3_000)}"))])]);
            }),
            Task.Run(async () =>
            {
                for (var i = 0; i < 20; i++)
                {
                    await SharedLogs.AppendAsync(b, SharedLogs.Content("small", $"{i}"));
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
                }
            }));

        foreach (var hub in new[] { a, b })
        {
            var events = await SharedLogs.FollowAsync(hub, 0, 70);
            events.Where(e => e.Content.Topics[0].Value == "large").Select(e => e.Content.GetText().Split(' ')[0])
                .ShouldBe(Enumerable.Range(0, 50).Select(i => $"{i / 10}.{i % 10}"));
            for (var i = 0; i < 5; i++)
            {
                var positions = events.Where(e => e.Content.GetText().StartsWith($"{i}.", StringComparison.Ordinal)).Select(e => e.Position).ToList();
                (positions[^1] - positions[0]).ShouldBe(9);
            }
        }
    }
}
