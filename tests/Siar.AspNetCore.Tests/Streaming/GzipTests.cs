using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Streaming;

public sealed class GzipTests
{
    [Fact]
    public async Task Events_of_every_size_arrive_one_by_one_and_the_stream_ends_with_a_valid_trailer()
    {
        await using var hub = await TestHub.StartAsync(o => o.Hub.GzipFrom = 100);
        using var client = Client(hub, "gzip, deflate, br");
        using var answer = await client.GetAsync("/events/a?signals=on", HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        answer.Headers.Vary.ShouldContain("Accept-Encoding");
        using var reader = Reader(await answer.Content.ReadAsStreamAsync());
        await ReadThroughAsync(reader, "event: siar.live");

        foreach (var size in new[] { 1, 90, 1_000, 70_000, 2, 300_000 })
        {
            await hub.Hub.PublishAsync("a", new string('x', size));
            await ReadThroughAsync(reader, "data: " + new string('x', size));
        }

        await hub.StopAsync();
        // The decompressor checks the trailer.
        (await reader.ReadToEndAsync()).ShouldContain("retry: ");
    }

    [Fact]
    public async Task Readers_share_what_was_compressed_once_wherever_they_began()
    {
        await using var hub = await TestHub.StartAsync(o => o.Hub.GzipFrom = 100);
        using var client = Client(hub, "gzip");
        for (var i = 0; i < 50; i++) await hub.Hub.PublishAsync("a", $"{i} " + new string('x', i * 20));
        var readers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
            Reader(await client.GetStreamAsync("/events/a?lastEventId=earliest"))));
        foreach (var reader in readers) await ReadThroughAsync(reader, "data: 49 " + new string('x', 49 * 20));

        await hub.StopAsync();

        foreach (var reader in readers) (await reader.ReadToEndAsync()).ShouldContain("retry: ");
    }

    [Theory]
    [InlineData(100, "")]
    [InlineData(100, "br")]
    [InlineData(100, "gzip;q=0, *")]
    [InlineData(0, "gzip")]
    public async Task A_stream_is_plain_where_gzip_is_off_or_not_accepted(int gzipFrom, string accepted)
    {
        await using var hub = await TestHub.StartAsync(o => o.Hub.GzipFrom = gzipFrom);
        using var client = Client(hub, accepted);

        using var reader = await EventStream.OpenLiveAsync(client, "/events/a");

        reader.Response.Content.Headers.ContentEncoding.ShouldBeEmpty();
        reader.Response.Headers.Vary.Contains("Accept-Encoding").ShouldBe(gzipFrom > 0);
    }

    [Fact]
    public async Task A_refusal_is_plain()
    {
        await using var hub = await TestHub.StartAsync(o => (o.Hub.GzipFrom, o.Limits.ConnectionsPerAddress) = (100, 1));
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        using var client = Client(hub, "gzip");

        using var refused = await EventStream.OpenAsync(client, "/events/a");

        refused.Response.Content.Headers.ContentEncoding.ShouldBeEmpty();
        (await refused.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Curl_shows_each_event_when_it_comes()
    {
        await using var hub = await TestHub.StartAsync(o => o.Hub.GzipFrom = 100);
        var start = new ProcessStartInfo("curl", ["-sS", "-N", "--compressed", new Uri(hub.Address, "/events/a?signals=on").ToString()]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var curl = Process.Start(start)!;
        await ReadThroughAsync(curl.StandardOutput, "event: siar.live");

        for (var i = 0; i < 3; i++)
        {
            await hub.Hub.PublishAsync("a", $"{i} " + new string('x', 500));
            await ReadThroughAsync(curl.StandardOutput, $"data: {i} " + new string('x', 500));
        }

        await hub.StopAsync();
        await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();
        curl.ExitCode.ShouldBe(0);
    }

    private static HttpClient Client(TestHub hub, string accepted)
    {
        var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = hub.Address };
        if (accepted.Length > 0) client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", accepted);
        return client;
    }

    private static StreamReader Reader(Stream body) => new(new GZipStream(body, CompressionMode.Decompress));

    private static async Task ReadThroughAsync(StreamReader reader, string expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line == expected) return;
        }

        throw new EndOfStreamException($"The stream ended without '{expected[..Math.Min(expected.Length, 40)]}'.");
    }
}
