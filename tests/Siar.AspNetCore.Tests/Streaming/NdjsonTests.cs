using System.Text.Json;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Streaming;

public sealed class NdjsonTests
{
    [Fact]
    public async Task Lines_come_one_object_each_after_an_empty_one()
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await hub.SubscribeAsync("/events?topic=a&lastEventId=earliest", "Accept: application/x-ndjson\r\n");
        (await reader.ReadThroughAsync("\r\n\r\n")).ShouldContain("Content-Type: application/x-ndjson\r\n");
        (await reader.ReadThroughAsync("\n\r\n")).ShouldBe("1\r\n\n\r\n");
        using (var live = await LineAsync(reader))
        {
            live.RootElement.GetProperty("signal").GetString().ShouldBe("live");
            live.RootElement.GetProperty("id").GetString().ShouldStartWith("#");
        }

        await hub.Client.PostAsync("/events/a?topic=b&type=t&id=i", new StringContent("line\nwith \"quotes\" <and> é"));

        using var line = await LineAsync(reader);
        var root = line.RootElement;
        root.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "topics", "type", "data", "time"]);
        root.GetProperty("id").GetString().ShouldBe("i");
        root.GetProperty("topics").EnumerateArray().Select(t => t.GetString()).ShouldBe(["a", "b"]);
        root.GetProperty("type").GetString().ShouldBe("t");
        root.GetProperty("data").GetString().ShouldBe("line\nwith \"quotes\" <and> é");
        root.GetProperty("time").GetDateTimeOffset().Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task What_an_event_does_not_have_is_left_out()
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await LiveAsync(hub);

        await hub.Client.PostAsync("/events/a", new StringContent(""));

        using var line = await LineAsync(reader);
        line.RootElement.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "topics", "data", "time"]);
        line.RootElement.GetProperty("data").GetString().ShouldBe("");
    }

    [Fact]
    public async Task A_gap_is_a_line()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Hub.PublishAsync("a", "x");
        using var reader = await hub.SubscribeAsync("/events/a?lastEventId=gone", "Accept: application/x-ndjson\r\n");
        await reader.ReadThroughAsync("\r\n\r\n");
        await reader.ReadThroughAsync("\n\r\n");

        using var line = await LineAsync(reader);
        var gap = line.RootElement;
        gap.GetProperty("signal").GetString().ShouldBe("gap");
        gap.GetProperty("requested").GetString().ShouldBe("gone");
        gap.GetProperty("reason").GetString().ShouldBe("unknown-id");
        gap.GetProperty("oldest").GetString().ShouldBe(gap.GetProperty("id").GetString());
    }

    private static async Task<RawConnection> LiveAsync(TestHub hub)
    {
        var reader = await hub.SubscribeAsync("/events/a", "Accept: application/x-ndjson\r\n");
        await reader.ReadThroughAsync("\"live\"");
        await reader.ReadThroughAsync("\n\r\n");
        return reader;
    }

    // One write of the hub is one chunk here: a size, the line, the chunk's end.
    private static async Task<JsonDocument> LineAsync(RawConnection reader)
    {
        await reader.ReadThroughAsync("\r\n");
        return JsonDocument.Parse(System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(await reader.ReadThroughAsync("\n\r\n"))).TrimEnd());
    }
}
