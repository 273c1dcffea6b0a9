using System.Text;
using System.Text.Json;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Streaming;

/// <summary>
/// A reader that has not said <c>signals=on</c>. Much used clients hand each block to their user, one without data as an empty message, so every
/// block must be an event, or a gap.
/// </summary>
public sealed class PlainReaderTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("/events/a")]
    [InlineData("/events?topic=a&topic=quiet&signals=off")]
    [InlineData("/events?template=a%7Brest%7D")]
    [InlineData("/mine")]
    [InlineData("/.well-known/mercure?match=a")]
    [InlineData("/.well-known/mercure?topic=a")]
    public async Task Every_block_is_an_event(string path)
    {
        await using var hub = await StartAsync();
        using var reader = await OpenAsync(hub, path, "text/event-stream");

        var text = await LiveThroughAsync(hub, reader);

        text.ShouldStartWith(":\n");
        text.ShouldNotContain("siar.");
        foreach (var block in text.Split("\n\n")[..^1]) block.Split('\n').ShouldContain(line => line.StartsWith("data: ", StringComparison.Ordinal), block);
        text.Split('\n').Count(line => line == ":").ShouldBeGreaterThan(1);
        var hasRetry = !path.Contains("mercure", StringComparison.Ordinal);
        text.StartsWith(":\nretry: 2000\n", StringComparison.Ordinal).ShouldBe(hasRetry);
    }

    [Theory]
    [InlineData("/events/a")]
    [InlineData("/mine")]
    public async Task Every_line_of_JSON_is_an_event_or_empty(string path)
    {
        await using var hub = await StartAsync();
        using var reader = await OpenAsync(hub, path, "application/x-ndjson");

        var text = await LiveThroughAsync(hub, reader);

        foreach (var line in text.Split('\n').Where(l => l.Length > 0)) JsonElement.Parse(line).TryGetProperty("data", out _).ShouldBeTrue(line);
    }

    [Theory]
    [InlineData("/events/a", "text/event-stream", "event: siar.gap\n")]
    [InlineData("/mine", "text/event-stream", "event: siar.gap\n")]
    [InlineData("/events/a", "application/x-ndjson", "{\"signal\":\"gap\",")]
    public async Task A_gap_is_told_all_the_same(string path, string accept, string gap)
    {
        await using var hub = await StartAsync();
        await hub.Hub.PublishAsync("a", "kept");
        using var reader = await OpenAsync(hub, path + "?lastEventId=unknown", accept);
        var text = new StringBuilder();

        await ReadThroughAsync(reader, text, "kept");

        text.ToString().ShouldContain(gap);
        text.ToString().ShouldNotContain("live");
    }

    private Task<TestHub> StartAsync() => TestHub.StartAsync(new TestHubSetup
    {
        Options = o => o.Hub.MaxLifetime = TimeSpan.Zero,
        Services = s => s.AddSingleton<TimeProvider>(_time),
        Endpoints = app => app.MapEvents("/mine", "a"),
    });

    private static async Task<Stream> OpenAsync(TestHub hub, string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
        var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
    }

    /// <summary>Lets the stream see events of its own and of others, keep-alives, a closed topic and its end.</summary>
    private async Task<string> LiveThroughAsync(TestHub hub, Stream reader)
    {
        var text = new StringBuilder();
        await ReadThroughAsync(reader, text, "\n");
        for (var round = 0; round < 3; round++)
        {
            await hub.Hub.PublishAsync("others", "not for this reader");
            var alive = ReadAsync(reader, text);
            while (!alive.IsCompleted)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            await alive;
            await hub.Hub.PublishAsync("a", $"round {round}");
            await ReadThroughAsync(reader, text, $"round {round}");
        }

        await hub.Hub.CloseAsync("quiet");
        await hub.StopAsync();
        while (await ReadAsync(reader, text))
        {
        }

        return text.ToString();
    }

    private static async Task ReadThroughAsync(Stream reader, StringBuilder text, string end)
    {
        while (!text.ToString().Contains(end, StringComparison.Ordinal))
        {
            if (!await ReadAsync(reader, text)) throw new EndOfStreamException($"The stream ended before '{end}': {text}");
        }
    }

    private static async Task<bool> ReadAsync(Stream reader, StringBuilder text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[65_536];
        var count = await reader.ReadAsync(buffer, patience.Token);
        text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        return count > 0;
    }
}
