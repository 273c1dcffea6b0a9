using Siar.Hub;

namespace Siar.AspNetCore.Tests.Access;

public sealed class DevelopmentGuardTests
{
    [Theory]
    [InlineData("evil.example", "")]
    [InlineData("", "")]
    [InlineData("localhost", "Origin: https://evil.example\r\n")]
    [InlineData("localhost", "Origin: null\r\n")]
    [InlineData("localhost", "Origin: https://localhost\r\n")]
    [InlineData("localhost", "Origin: http://localhost:81\r\n")]
    [InlineData("localhost:80", "Origin: https://localhost:80\r\n")]
    [InlineData("localhost", "Origin: http://localhost.evil.example\r\n")]
    [InlineData("localhost", "Origin: http://localhost@evil.example\r\n")]
    [InlineData("localhost", "Origin: http://localhost\r\nOrigin: http://localhost\r\n")]
    [InlineData("localhost", "Referer: https://evil.example/page\r\n")]
    [InlineData("localhost", "Referer: http://localhost.evil.example/\r\n")]
    [InlineData("localhost", "Referer: http://localhost/\r\nReferer: https://evil.example/\r\n")]
    [InlineData("localhost", "Referer: caf\u00e9\r\n")]
    [InlineData("localhost", "Origin: http://localhost\u00e9\r\n")]
    [InlineData("localhost", "Forwarded: for=192.0.2.1\r\n")]
    [InlineData("localhost", "X-Forwarded-For: 127.0.0.1\r\n")]
    [InlineData("localhost", "x-forwarded-for: \r\n")]
    [InlineData("localhost", "X-Forwarded-Proto: https\r\n")]
    [InlineData("localhost", "X-Original-For: 127.0.0.1:5000\r\n")]
    [InlineData("localhost", "X-Real-IP: 192.0.2.1\r\n")]
    [InlineData("localhost", "Via: 1.1 proxy\r\n")]
    public async Task The_web_is_kept_out(string host, string origin)
    {
        await using var hub = await TestHub.StartAsync();

        foreach (var request in new[] { "GET /events/a", "HEAD /events/a", "POST /events/a", "GET /.well-known/mercure?match=a", "POST /.well-known/mercure", "GET /.well-known/mercure/subscriptions", "GET /metrics" })
        {
            using var connection = await hub.ConnectAsync();
            await connection.SendAsync($"{request} HTTP/1.1\r\nHost: {host}\r\n{origin}Content-Length: 0\r\nConnection: close\r\n\r\n");
            var answer = await connection.ReadToEndAsync();
            answer.ShouldMatch("^HTTP/1.1 40[03] ");
            answer.ShouldNotContain("Access-Control-Allow");
        }

        hub.Core.Log.Head.ShouldBe(0);
    }

    [Theory]
    [InlineData("GET", "/events/a")]
    [InlineData("POST", "/events/a")]
    [InlineData("GET", "/.well-known/mercure?match=a")]
    [InlineData("GET", "/metrics")]
    public async Task A_proxy_that_is_told_nothing_speaks_HTTP_1_0_and_is_kept_out(string method, string path)
    {
        // As nginx sends it with a bare proxy_pass http://127.0.0.1:7427.
        await using var hub = await TestHub.StartAsync();
        using var connection = await hub.ConnectAsync();

        await connection.SendAsync($"{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:7427\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

        var answer = await connection.ReadToEndAsync();
        answer.ShouldStartWith("HTTP/1.1 403 ");
        answer.ShouldContain("Development mode does not answer HTTP/1.0");
    }

    [Theory]
    [InlineData("192.0.2.1", 403)]
    [InlineData("::ffff:192.0.2.1", 403)]
    [InlineData("2001:db8::1", 403)]
    [InlineData("127.8.9.1", 200)]
    [InlineData("::ffff:127.0.0.1", 200)]
    [InlineData("::1", 200)]
    [InlineData(null, 200)]
    public async Task Another_machine_is_kept_out_and_a_Unix_socket_is_not(string? peer, int status)
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Pipeline = a => a.Use((context, next) =>
            {
                context.Connection.RemoteIpAddress = peer is null ? null : System.Net.IPAddress.Parse(peer);
                return next(context);
            }),
        });

        ((int)(await hub.Client.PostAsync("/events/a", new StringContent("x"))).StatusCode).ShouldBe(status);
        ((int)(await hub.Client.GetAsync("/metrics")).StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task A_page_of_a_loopback_origin_that_is_named_reads_and_publishes()
    {
        await using var hub = await TestHub.StartAsync(o => o.AllowedOrigins.Add("http://localhost:5173"));
        foreach (var request in new[] { "POST /events/a", "GET /events/a" })
        {
            using var allowed = await hub.ConnectAsync();
            await allowed.SendAsync($"{request} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:5173\r\nReferer: http://localhost:5173/\r\nContent-Length: 0\r\n\r\n");
            var head = await allowed.ReadThroughAsync("\r\n\r\n");
            head.ShouldStartWith("HTTP/1.1 200 ");
            head.ShouldContain("Access-Control-Allow-Origin: http://localhost:5173\r\n");
            using var other = await hub.ConnectAsync();
            await other.SendAsync($"{request} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:5174\r\nContent-Length: 0\r\n\r\n");
            (await other.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 403 ");
        }
    }

    [Fact]
    public async Task An_origin_elsewhere_that_is_named_is_kept_out_all_the_same()
    {
        await using var hub = await TestHub.StartAsync(o => o.AllowedOrigins.Add("https://app.example"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events/a") { Headers = { { "Origin", "https://app.example" } } };

        ((int)(await hub.Client.SendAsync(request)).StatusCode).ShouldBe(403);
    }

    [Theory]
    [InlineData("https://app.example")]
    [InlineData("*")]
    [InlineData("https://*.example")]
    public async Task Development_mode_by_choice_with_an_origin_elsewhere_stops_the_start(string origin) =>
        (await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => TestHub.StartAsync(o =>
        {
            o.DevelopmentMode = true;
            o.AllowedOrigins.Add(origin);
        }))).Message.ShouldContain($"AllowedOrigins has '{origin}', and development mode answers only pages of this machine");

    [Theory]
    [InlineData("localhost", "")]
    [InlineData("localhost", "Referer: http://localhost:5173/page\r\n")]
    [InlineData("localhost:5000", "Origin: http://localhost:5000\r\n")]
    [InlineData("localhost:80", "Origin: http://localhost\r\n")]
    [InlineData("app.localhost", "Origin: http://app.localhost\r\n")]
    [InlineData("127.0.0.1:5000", "Origin: http://127.0.0.1:5000\r\n")]
    [InlineData("[::1]:5000", "Origin: http://[::1]:5000\r\n")]
    public async Task This_machine_is_served(string host, string origin)
    {
        await using var hub = await TestHub.StartAsync();
        using var connection = await hub.ConnectAsync();

        await connection.SendAsync($"POST /events/a HTTP/1.1\r\nHost: {host}\r\n{origin}Content-Length: 0\r\nConnection: close\r\n\r\n");

        (await connection.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task Everything_may_be_read_also_what_is_private()
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        await hub.Hub.PublishAsync(new Event(Siar.Topics.Topic.Parse("a"), "secret") { IsPrivate = true });

        (await reader.NextAsync()).Data.ShouldBe("secret");
    }

    [Fact]
    public async Task It_can_be_set_for_any_environment()
    {
        await using var on = await TestHub.StartAsync(new TestHubSetup { Environment = "Production", Options = o => o.DevelopmentMode = true });
        await using var off = await TestHub.StartAsync(new TestHubSetup { Options = o => o.DevelopmentMode = false, Siar = s => s.AllowAnonymousReaders("*") });

        (await on.Client.PostAsync("/events/a", new StringContent("x"))).IsSuccessStatusCode.ShouldBeTrue();
        (await off.Client.PostAsync("/events/a", new StringContent("x"))).IsSuccessStatusCode.ShouldBeFalse();
    }
}
