using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Siar.AspNetCore;
using Siar.AspNetCore.Tests;
using Siar.AspNetCore.Tests.Mercure;
using Siar.Hub;

namespace Siar.Sockets.Tests.Transport;

/// <summary>Which streams leave the server, and which stay. One that has left carries <c>Connection: close</c>, and its request is over.</summary>
public sealed class TakeoverTests
{
    private readonly RequestCounter _requests = new();

    [Fact]
    public async Task A_stream_over_plain_HTTP_1_1_leaves_the_server_and_its_request_is_over()
    {
        await using var hub = await StartAsync();
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        reader.Response.Headers.Connection.ShouldBe(["close"]);
        await _requests.UntilNoneIsOpenAsync();

        await hub.Hub.PublishAsync("a", "x");

        (await reader.NextAsync()).Data.ShouldBe("x");
        hub.Core.Subscribers.ShouldBe(1);
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stream_on_a_Unix_socket_leaves_the_server()
    {
        var path = Path.Combine(Path.GetTempPath(), $"siar-{Guid.NewGuid():n}.sock");
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Server = k => k.ListenUnixSocket(path),
            Pipeline = a => a.Use(_requests.CountAsync),
        });
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        using var reader = new RawConnection(socket);
        await reader.SendAsync("GET /events/a?signals=on HTTP/1.1\r\nHost: localhost\r\n\r\n");
        (await reader.ReadThroughAsync("siar.live")).ShouldContain("Connection: close\r\n");
        await _requests.UntilNoneIsOpenAsync();

        await hub.Hub.PublishAsync("a", new string('x', 900_000).Insert(1_000, "y"));
        await reader.ReadThroughAsync("xy");
        await reader.ReadThroughAsync("x\n\n\r\n");
        await hub.StopAsync();

        (await reader.ReadToEndAsync()).ShouldEndWith("\r\n0\r\n\r\n");
        File.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public async Task HTTP_1_0_stays_with_the_server()
    {
        await using var hub = await StartAsync(siar: s => s.UseAuthorizer(_ => ValueTask.FromResult<SiarAccess?>(SiarAccess.Everything)));
        using var reader = await hub.ConnectAsync();
        await reader.SendAsync("GET /events/a?signals=on HTTP/1.0\r\nHost: localhost\r\n\r\n");
        await reader.ReadThroughAsync("siar.live");

        _requests.Open.ShouldBe(1);
        await hub.Hub.PublishAsync("a", "x");
        await reader.ReadThroughAsync("data: x\n\n");
    }

    [Fact]
    public async Task HTTP_2_stays_with_the_server()
    {
        await using var hub = await StartAsync(HttpProtocols.Http2);
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a", HttpVersion.Version20);

        _requests.Open.ShouldBe(1);
        await hub.Hub.PublishAsync("a", "x");
        (await reader.NextAsync()).Data.ShouldBe("x");
    }

    [Fact]
    public async Task What_other_middleware_of_the_connection_carries_stays_with_the_server()
    {
        // TLS is such middleware: what the server writes is not what is on the wire.
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Pipeline = a => a.Use(_requests.CountAsync),
            Server = k => k.ConfigureEndpointDefaults(l => l.Use(next => context =>
            {
                context.Transport = new WrappedPipe(context.Transport);
                return next(context);
            })),
        });
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        _requests.Open.ShouldBe(1);
        await hub.Hub.PublishAsync("a", "x");
        (await reader.NextAsync()).Data.ShouldBe("x");
    }

    [Fact]
    public async Task A_response_that_middleware_compresses_stays_with_the_server()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Services = s => s.AddResponseCompression(o => o.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "text/event-stream"]),
            Pipeline = a =>
            {
                a.Use(_requests.CountAsync);
                a.UseResponseCompression();
            },
        });
        hub.Client.DefaultRequestHeaders.Add("Accept-Encoding", "br");
        using var answer = await hub.Client.GetAsync("/events/a?signals=on", HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        using var reader = new StreamReader(new BrotliStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        while (await reader.ReadLineAsync() != "event: siar.live")
        {
        }

        _requests.Open.ShouldBe(1);
    }

    [Fact]
    public async Task Lines_of_JSON_leave_the_server_too()
    {
        await using var hub = await StartAsync();
        using var reader = await hub.SubscribeAsync("/events/a", "Accept: application/x-ndjson\r\n");
        using var other = await hub.SubscribeAsync("/events/a", "Accept: application/x-ndjson\r\n");
        foreach (var each in (RawConnection[])[reader, other]) (await each.ReadThroughAsync("}\n\r\n")).ShouldContain("\"live\"");
        await _requests.UntilNoneIsOpenAsync();

        var published = await hub.Hub.PublishAsync("a", "first\nsecond");

        foreach (var each in (RawConnection[])[reader, other])
            (await each.ReadThroughAsync("}\n\r\n")).ShouldContain($$"""{"id":"{{published.Id.Value}}","topics":["a"],"data":"first\nsecond","time":""");
        await hub.StopAsync();
        (await reader.ReadToEndAsync()).ShouldEndWith("}\n\r\n0\r\n\r\n");
    }

    [Theory]
    [InlineData("topic=news", "news")]
    [InlineData("topic=news", "*")]
    [InlineData("topic=*", "news")]
    [InlineData("topic=new{s}&topic=/.well-known/mercure/other", "*")]
    public async Task A_reader_of_the_older_Mercure_that_sees_nobody_s_subscriptions_leaves_the_server(string query, string grant)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup() with { Pipeline = a => a.Use(_requests.CountAsync) });
        using var reader = await hub.OpenAsync(query, Keyring.LegacySubscriber(grant));
        reader.HeaderOf("Connection").ShouldBe("close");
        await _requests.UntilNoneIsOpenAsync();

        await hub.PublishedAsync("topic=news&id=1&data=x&private=on", Keyring.LegacyPublisher("*"));

        (await reader.NextAsync()).ShouldBe("id: 1\ndata: x\n\n");
    }

    [Theory]
    [InlineData("*", "*")]
    [InlineData("{+any}", "/.well-known/mercure/subscriptions/{topic}/{subscriber}")]
    [InlineData("/.well-known/mercure/subscriptions/{topic}/{subscriber}", "*")]
    [InlineData("/.well-known/mercure/subscriptions/news{/subscriber}", "news", "/.well-known/mercure/subscriptions/news{/subscriber}")]
    public async Task One_that_may_see_them_leaves_the_server_too_and_gets_them_in_its_words(string topic, params string[] grants)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup() with { Pipeline = a => a.Use(_requests.CountAsync) });
        using var reader = await hub.OpenAsync($"topic=news&topic={Uri.EscapeDataString(topic)}", Keyring.LegacySubscriber(grants));

        reader.HeaderOf("Connection").ShouldBe("close");
        await _requests.UntilNoneIsOpenAsync();
        (await reader.NextAsync()).ShouldContain("\ndata: {\"@context\":");
    }

    [Fact]
    public async Task A_peer_that_closes_its_side_is_gone()
    {
        await using var hub = await StartAsync();
        using var reader = await hub.SubscribeAsync("/events/a");
        await reader.ReadThroughAsync("siar.live");
        await _requests.UntilNoneIsOpenAsync();

        reader.Socket.Shutdown(SocketShutdown.Send);

        while (hub.Core.Subscribers > 0) await Task.Yield();
        await reader.ReadToEndAsync();
    }

    [Fact]
    public async Task A_peer_that_sends_on_loses_nothing_of_the_end()
    {
        await using var hub = await StartAsync();
        using var reader = await hub.SubscribeAsync("/events/a");
        await reader.ReadThroughAsync("siar.live");
        await _requests.UntilNoneIsOpenAsync();
        // Unread bytes make a plain close a reset, and a reset may take the end of the response with it.
        await reader.SendAsync("GET /events/b HTTP/1.1\r\nHost: localhost\r\n\r\n");

        await hub.StopAsync();

        (await reader.ReadToEndAsync()).ShouldEndWith("\r\n0\r\n\r\n");
    }

    private Task<TestHub> StartAsync(HttpProtocols protocols = HttpProtocols.Http1, Action<SiarBuilder>? siar = null) =>
        TestHub.StartAsync(new TestHubSetup { Protocols = protocols, Siar = siar, Pipeline = a => a.Use(_requests.CountAsync) });
}
