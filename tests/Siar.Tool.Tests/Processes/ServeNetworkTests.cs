using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Siar.Tool.Tests;

/// <summary>What the hub sees of those before it, and what it sends to those behind it.</summary>
[Trait("runs", "siar")]
public sealed class ServeNetworkTests
{
    private static readonly Dictionary<string, string> OneStreamEach = new()
    {
        ["SIAR_LIMITS_CONNECTIONS_PER_ADDRESS"] = "1", ["SIAR_KEYS_PUBLISHER"] = "a secret of the publishers, long enough", ["SIAR_ANONYMOUS"] = "true",
    };

    [Fact]
    public async Task Behind_a_trusted_proxy_each_client_has_limits_of_its_own()
    {
        await using var hub = await RunningHub.StartAsync(OneStreamEach, "--trusted-proxies", "127.0.0.0/8", "10.0.0.0/8");

        using var first = await OpenAsync(hub, "192.0.2.1, 10.1.2.3");
        using var second = await OpenAsync(hub, "192.0.2.2");
        using var again = await OpenAsync(hub, "192.0.2.1");

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Nobody_else_is_believed_about_the_address()
    {
        await using var hub = await RunningHub.StartAsync(OneStreamEach, "--trusted-proxies", "10.0.0.0/8");

        using var first = await OpenAsync(hub, "192.0.2.1");
        using var second = await OpenAsync(hub, "192.0.2.2");

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Metrics_and_traces_are_sent_to_a_collector()
    {
        var received = new ConcurrentDictionary<string, byte[]>();
        await using var collector = await StartCollectorAsync(received);
        await using var hub = await RunningHub.StartAsync("--otlp", collector.Urls.Single(), "--access-log");
        using var published = await hub.Http.PostAsync("/events/a-topic", new StringContent("x"));
        published.EnsureSuccessStatusCode();

        await hub.Process.SignalAsync(SiarProcess.SigInt);
        (await hub.Process.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok);

        // Protocol buffers hold text as it is.
        received["/v1/metrics"].AsSpan().IndexOf("siar.publishes"u8).ShouldBePositive();
        received["/v1/metrics"].AsSpan().IndexOf("dotnet.gc.collections"u8).ShouldBePositive();
        received["/v1/logs"].AsSpan().IndexOf("Siar.AspNetCore.AccessLog"u8).ShouldBePositive();
        received["/v1/logs"].AsSpan().IndexOf("POST /events/a-topic"u8).ShouldBePositive();
        received["/v1/traces"].AsSpan().IndexOf("siar.publish"u8).ShouldBePositive();
        received["/v1/traces"].AsSpan().IndexOf("a-topic"u8).ShouldBePositive();
    }

    [Fact]
    public async Task A_collector_that_is_not_there_holds_nothing_up()
    {
        await using var hub = await RunningHub.StartAsync("--otlp", "http://127.0.0.1:1");

        await hub.Process.SignalAsync(SiarProcess.SigInt);

        (await hub.Process.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok);
    }

    private static async Task<HttpResponseMessage> OpenAsync(RunningHub hub, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events/t?refusal=status");
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        return await hub.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentDictionary<string, byte[]> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrel();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received[context.Request.Path] = body.ToArray();
        });
        await app.StartAsync();
        return app;
    }
}
