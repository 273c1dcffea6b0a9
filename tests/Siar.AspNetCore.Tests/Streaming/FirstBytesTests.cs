using System.Text;

namespace Siar.AspNetCore.Tests.Streaming;

public sealed class FirstBytesTests
{
    [Fact]
    public async Task A_stream_begins_at_once_with_its_headers_a_comment_and_a_retry()
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await hub.SubscribeAsync("/events/a");

        var head = await reader.ReadThroughAsync("\r\n\r\n");
        // A connection that was handed over to the hub says that it will close.
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Where(l => !l.StartsWith("Date: ", StringComparison.Ordinal) && l != "Connection: close");
        lines.ShouldBe([
            "HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Server: Kestrel", "Cache-Control: no-cache, no-store, no-transform",
            "Transfer-Encoding: chunked", "X-Content-Type-Options: nosniff", "X-Accel-Buffering: no",
        ], ignoreOrder: true);

        (await reader.ReadThroughAsync("retry: 2000\n\r\n")).ShouldEndWith("\r\n:\nretry: 2000\n\r\n");
        (await reader.ReadThroughAsync("\n\n")).ShouldContain("\r\nevent: siar.live\nid: #");
    }

    [Fact]
    public async Task An_event_arrives_byte_for_byte()
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await hub.SubscribeAsync("/events/a");
        await reader.ReadThroughAsync("siar.live");
        await reader.ReadThroughAsync("\n\n\r\n");

        var answer = await hub.Client.PostAsync("/events/a?id=one&type=greeting&retry=5", new StringContent("several\r\nlines\rof\ntext"));
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"id":"one"}""");

        var payload = "event: greeting\nretry: 5\nid: one\ndata: several\ndata: lines\ndata: of\ndata: text\n\n";
        (await reader.ReadThroughAsync("\n\n\r\n")).ShouldBe($"{Encoding.UTF8.GetByteCount(payload):x}\r\n{payload}\r\n");
    }
}
