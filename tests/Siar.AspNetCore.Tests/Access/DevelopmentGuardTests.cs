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
    public async Task The_web_is_kept_out(string host, string origin)
    {
        await using var hub = await TestHub.StartAsync();

        foreach (var request in new[] { "GET /events/a", "POST /events/a" })
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
    [InlineData("localhost", "")]
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
        await using var off = await TestHub.StartAsync(new TestHubSetup { Options = o => o.DevelopmentMode = false });

        (await on.Client.PostAsync("/events/a", new StringContent("x"))).IsSuccessStatusCode.ShouldBeTrue();
        (await off.Client.PostAsync("/events/a", new StringContent("x"))).IsSuccessStatusCode.ShouldBeFalse();
    }
}
