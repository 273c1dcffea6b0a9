using Microsoft.AspNetCore.Server.Kestrel.Core;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>The bytes of a stream (1.5).</summary>
public sealed class FramingTests
{
    [Fact]
    public async Task Events_are_these_bytes()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        var token = Keyring.Publisher("*");
        using var reader = await hub.OpenAsync("match=https://example.com/hub?topic=faulty{iri&match=string&match_urlpattern=https://example.com/:id");
        await hub.PublishedAsync("topic=https://example.com/hub?topic%3Dfaulty{iri&data=Hello+World&id=a", token);
        await hub.PublishedAsync("topic=other&data=not+this", token);
        await hub.PublishedAsync("topic=string&data=several%0Alines%0Dwith%0D%0Aeol&id=b&type=test&retry=10", token);
        await hub.PublishedAsync("topic=https://example.com/1&id=c&retry=0", token);
        const string Expected =
            "id: a\ndata: Hello World\n\n"
            + "event: test\nretry: 10\nid: b\ndata: several\ndata: lines\ndata: with\ndata: eol\n\n"
            + "id: c\ndata: \n\n";
        (await reader.ReadAsync(Expected.Length)).ShouldBe(Expected);
    }

    [Fact]
    public async Task The_head_keeps_the_stream_from_being_held_back_or_kept()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var reader = await hub.OpenAsync("match=a");
        reader.HeaderOf("Content-Type").ShouldBe("text/event-stream");
        reader.HeaderOf("Cache-Control").ShouldNotBeNull().ShouldContain("no-store");
        reader.HeaderOf("X-Accel-Buffering").ShouldBe("no");
        reader.HeaderOf("X-Content-Type-Options").ShouldBe("nosniff");
        reader.HeaderOf("X-Frame-Options").ShouldBe("DENY");
        reader.HeaderOf("Content-Security-Policy").ShouldBe("default-src 'self'");
        reader.HeaderOf("Mercure-Last-Event-ID").ShouldBeNull();
    }

    [Fact]
    public async Task An_idle_stream_has_comments_and_no_word_of_ours()
    {
        var time = new ManualTimeProvider();
        await using var hub = await TestHub.StartAsync(Keyring.Open() with { Services = s => s.AddSingleton<TimeProvider>(time) });
        using var reader = await hub.OpenAsync("match=a");
        await hub.PublishedAsync("topic=other", Keyring.Publisher("*"));
        await hub.PublishedAsync("topic=a&id=level", Keyring.Publisher("*"));
        (await reader.NextAsync()).ShouldBe("id: level\ndata: \n\n");
        await hub.PublishedAsync("topic=other", Keyring.Publisher("*"));
        time.Advance(TimeSpan.FromSeconds(16));
        (await reader.ReadAsync(2)).ShouldBe(":\n");
    }

    [Fact]
    public async Task Signals_come_to_whoever_asks_for_them()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var reader = await hub.OpenAsync("match=a&signals=on&last_event_id=unknown");
        (await reader.NextAsync()).ShouldStartWith("event: siar.gap\n");
        (await reader.NextAsync()).ShouldStartWith("event: siar.live\n");
        using var other = await hub.OpenAsync("topic=a&signals=yes");
        await hub.PublishedAsync("topic=a&id=x", Keyring.Publisher("*"));
        (await other.NextAsync()).ShouldBe("id: x\ndata: \n\n");
    }

    [Fact]
    public async Task A_drain_ends_a_stream_with_a_line_that_is_no_event()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var reader = await hub.OpenAsync("match=a");
        var stopped = hub.StopAsync();
        (await reader.Connection.ReadThroughAsync("0\r\n\r\n")).ShouldMatch("^[0-9a-fA-F]+\r\nretry: [0-9]+\n\r\n0\r\n\r\n$");
        await stopped;
    }

    [Fact]
    public async Task It_is_the_same_over_http_2()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open() with { Protocols = HttpProtocols.Http2 });
        using var request = new HttpRequestMessage(HttpMethod.Get, MercureClient.Path + "?match=a") { Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.Headers.Connection.ShouldBeEmpty();
        await hub.Hub.PublishAsync("a", "x");
        using var body = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await body.ReadLineAsync()).ShouldBe(":");
        (await body.ReadLineAsync()).ShouldNotBeNull().ShouldStartWith("id: #");
        (await body.ReadLineAsync()).ShouldBe("data: x");
    }
}
