using System.IO.Compression;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.ResponseCompression;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Streaming;

/// <summary>Middleware that is meant for short answers, switched on for everything, before and after routing.</summary>
public sealed class MiddlewareTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_output_cache_for_everything_keeps_no_stream(bool beforeRouting)
    {
        await using var hub = await StartAsync(beforeRouting, s => s.AddOutputCache(o => o.AddBasePolicy(p => p.Expire(TimeSpan.FromMinutes(1)))), a => a.UseOutputCache());
        await hub.Hub.PublishAsync("a", "1");
        using (var first = await EventStream.OpenAsync(hub.Client, "/events/a?lastEventId=earliest&n=1")) (await first.NextAsync()).Data.ShouldBe("1");
        using (var mapped = await EventStream.OpenAsync(hub.Client, "/mapped?lastEventId=earliest")) (await mapped.NextAsync()).Data.ShouldBe("1");
        (await GetPageAsync(hub)).ShouldContain("\"data\":\"1\"");

        await hub.Hub.PublishAsync("a", "2");

        using var second = await EventStream.OpenAsync(hub.Client, "/events/a?lastEventId=earliest&n=1");
        await second.NextAsync();
        (await second.NextAsync()).Data.ShouldBe("2");
        (await GetPageAsync(hub)).ShouldContain("\"data\":\"2\"");
    }

    [Fact]
    public async Task A_finished_stream_is_not_replayed_from_an_output_cache()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Options = o => o.Limits.ConnectionsPerAddress = 1,
            Services = s => s.AddOutputCache(o => o.AddBasePolicy(p => p.Expire(TimeSpan.FromMinutes(1)))),
            Pipeline = a => a.UseOutputCache(),
        });
        using (await EventStream.OpenLiveAsync(hub.Client, "/events/a"))
        {
            using var refused = await EventStream.OpenAsync(hub.Client, "/events/b");
            (await refused.ReadToEndAsync()).ShouldBeEmpty();
        }

        while (hub.Core.Subscribers > 0) await Task.Yield();
        using var served = await EventStream.OpenLiveAsync(hub.Client, "/events/b");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_timeout_for_everything_cuts_no_stream(bool beforeRouting)
    {
        var probe = new TimeoutProbe();
        await using var hub = await StartAsync(
            beforeRouting,
            s => s.AddRequestTimeouts(o => o.DefaultPolicy = new RequestTimeoutPolicy { Timeout = TimeSpan.FromMilliseconds(50) }),
            a =>
            {
                a.UseRequestTimeouts();
                a.MapGet("/slow", probe.WaitAsync);
            });
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        using var mapped = await EventStream.OpenLiveAsync(hub.Client, "/mapped");

        // When the timeout has cut this request, it would have cut the older ones as well.
        await hub.Client.GetAsync("/slow");
        probe.WasCut.ShouldBeTrue();
        await hub.Hub.PublishAsync("a", "x");

        (await reader.NextAsync()).Data.ShouldBe("x");
        (await mapped.NextAsync()).Data.ShouldBe("x");
    }

    [Theory]
    [InlineData(true, "gzip")]
    [InlineData(false, "gzip")]
    [InlineData(false, "br")]
    public async Task Compression_holds_no_event_back(bool beforeRouting, string encoding)
    {
        await using var hub = await StartAsync(
            beforeRouting,
            s => s.AddResponseCompression(o => o.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "text/event-stream"]),
            a => a.UseResponseCompression());
        using var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None };
        using var client = new HttpClient(handler) { BaseAddress = hub.Address, DefaultRequestHeaders = { { "Accept-Encoding", encoding } } };
        using var answer = await client.GetAsync("/events/a?signals=on", HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentEncoding.ShouldBe([encoding]);
        await using var raw = await answer.Content.ReadAsStreamAsync();
        await using Stream plain = encoding == "br" ? new BrotliStream(raw, CompressionMode.Decompress) : new GZipStream(raw, CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        (await ReadLineAsync(reader, "event: siar.live")).ShouldBeTrue();

        for (var i = 0; i < 3; i++)
        {
            await hub.Hub.PublishAsync("a", $"{i}");
            (await ReadLineAsync(reader, $"data: {i}")).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_is_never_compressed_unless_its_type_was_named(bool beforeRouting)
    {
        await using var hub = await StartAsync(beforeRouting, s => s.AddResponseCompression(), a => a.UseResponseCompression());
        hub.Client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");

        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        reader.Response.Content.Headers.ContentEncoding.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_concurrency_limiter_for_everything_holds_no_permit_for_a_stream()
    {
        await using var hub = await StartAsync(beforeRouting: false, AddOnePermit, a => a.UseRateLimiter());
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        using var second = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        using var third = await EventStream.OpenLiveAsync(hub.Client, "/mapped");

        (await hub.Client.PostAsync("/events/a", new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await third.NextAsync()).Data.ShouldBe("x");
    }

    [Fact]
    public async Task A_limiter_that_was_asked_for_on_the_endpoint_itself_is_kept()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Services = s => s.AddRateLimiter(o => o.AddPolicy("one", _ => RateLimitPartition.GetConcurrencyLimiter("one", _ => OnePermit()))),
            Pipeline = a => a.UseRateLimiter(),
            Endpoints = a => a.MapEvents("/mapped", "a").RequireRateLimiting("one"),
        });
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/mapped");

        (await hub.Client.GetAsync("/mapped")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    private static void AddOnePermit(IServiceCollection services) => services.AddRateLimiter(o =>
        o.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(_ => RateLimitPartition.GetConcurrencyLimiter("all", _ => OnePermit())));

    private static ConcurrencyLimiterOptions OnePermit() => new() { PermitLimit = 1, QueueLimit = 0 };

    // Without the endpoint's metadata, where the middleware runs before routing, the handler itself must say what they say.
    private static Task<TestHub> StartAsync(bool beforeRouting, Action<IServiceCollection> services, Action<WebApplication> use) =>
        TestHub.StartAsync(new TestHubSetup
        {
            Services = services,
            Pipeline = app =>
            {
                if (!beforeRouting) app.UseRouting();
                use(app);
                if (beforeRouting) app.UseRouting();
            },
            Endpoints = app => app.MapEvents("/mapped", "a"),
        });

    private static async Task<string> GetPageAsync(TestHub hub)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events/a?lastEventId=earliest") { Headers = { { "Accept", "application/json" } } };
        using var answer = await hub.Client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<bool> ReadLineAsync(StreamReader reader, string expected)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line == expected) return true;
        }

        return false;
    }

    private sealed class TimeoutProbe
    {
        public bool WasCut { get; private set; }

        public async Task WaitAsync(HttpContext context)
        {
            var cut = new TaskCompletionSource();
            await using (context.RequestAborted.Register(cut.SetResult)) await cut.Task;
            WasCut = true;
        }
    }
}
