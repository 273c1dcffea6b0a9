using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Streaming;

public sealed class ProtocolTests
{
    [Fact]
    public async Task Streams_share_a_connection_of_HTTP_2()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Protocols = HttpProtocols.Http2 });
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/events/a", HttpVersion.Version20);
        using var second = await EventStream.OpenLiveAsync(hub.Client, "/events/b", HttpVersion.Version20);
        first.Response.Version.ShouldBe(HttpVersion.Version20);
        first.Response.Headers.Connection.ShouldBeEmpty();
        first.Retries.ShouldBe([2_000]);

        using var post = new HttpRequestMessage(HttpMethod.Post, "/events/a?topic=b")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new StringContent("x"),
        };
        (await hub.Client.SendAsync(post)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await first.NextAsync()).Data.ShouldBe("x");
        (await second.NextAsync()).Data.ShouldBe("x");
    }

    [Fact]
    public async Task A_refusal_on_HTTP_2_names_no_connection()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Protocols = HttpProtocols.Http2, Options = o => o.Limits.ConnectionsPerAddress = 1 });
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/events/a", HttpVersion.Version20);

        using var second = await EventStream.OpenAsync(hub.Client, "/events/a", version: HttpVersion.Version20);

        second.Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.Response.Headers.Connection.ShouldBeEmpty();
        (await second.ReadToEndAsync()).ShouldBeEmpty();
        second.Retries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_stream_of_HTTP_2_that_is_cancelled_leaves_the_others_and_its_place()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Protocols = HttpProtocols.Http2 });
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/events/a", HttpVersion.Version20);
        using (await EventStream.OpenLiveAsync(hub.Client, "/events/a", HttpVersion.Version20))
        {
        }

        while (hub.Core.Subscribers != 1) await Task.Yield();
        await hub.Hub.PublishAsync("a", "x");

        (await first.NextAsync()).Data.ShouldBe("x");
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_of_HTTP_1_0_gets_the_bare_stream()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Siar = s => s.UseAuthorizer(_ => ValueTask.FromResult<SiarAccess?>(SiarAccess.Everything)) });
        using var reader = await hub.ConnectAsync();
        await reader.SendAsync("GET /events/a?signals=on HTTP/1.0\r\nHost: localhost\r\n\r\n");
        var head = await reader.ReadThroughAsync("\r\n\r\n");
        head.ShouldContain("Connection: close\r\n");
        head.ShouldNotContain("Transfer-Encoding");
        (await reader.ReadThroughAsync("siar.live")).ShouldBe(":\nretry: 2000\nevent: siar.live");
        await reader.ReadThroughAsync("\n\n");

        await hub.Client.PostAsync("/events/a?id=i", new StringContent("x"));

        (await reader.ReadThroughAsync("\n\n")).ShouldBe("id: i\ndata: x\n\n");
    }

    [Fact]
    public async Task A_publisher_of_HTTP_1_0_is_served()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Siar = s => s.UseAuthorizer(_ => ValueTask.FromResult<SiarAccess?>(SiarAccess.Everything)) });
        using var connection = await hub.ConnectAsync();

        await connection.SendAsync("POST /events/a?id=i HTTP/1.0\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");

        (await connection.ReadToEndAsync()).ShouldEndWith("""{"id":"i"}""");
    }
}
