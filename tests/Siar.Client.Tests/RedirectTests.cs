namespace Siar.Client.Tests;

/// <summary>A redirect takes no secret to another origin; a port of its own makes one.</summary>
public sealed class RedirectTests
{
    private static readonly Dictionary<string, string> Secrets = new() { ["X-Api-Key"] = "secret", ["Cookie"] = "session=secret", ["Proxy-Authorization"] = "secret" };

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task To_another_origin_only_the_client_s_own_headers_go(int status)
    {
        await using var hub = await LoopbackServer.StartAsync();
        await using var other = await LoopbackServer.StartAsync();
        using var http = new HttpClient(SiarHttpHandler.Create());
        await using var stream = Open(http, hub);
        await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);

        var next = items.MoveNextAsync().AsTask();
        var asked = await hub.NextAsync();
        await asked.AnswerAsync(status, ("Location", other.Url.AbsoluteUri));
        var led = await other.NextAsync();
        await led.AnswerAsync("data: x\n\n");

        (await next).ShouldBeTrue();
        (asked.Header("X-Api-Key"), asked.Header("Authorization")).ShouldBe(("secret", "Bearer secret"));
        foreach (var name in Secrets.Keys.Append("Authorization")) led.Header(name).ShouldBeNull(name);
        (led.Header("Accept"), led.Header("Last-Event-ID"), led.Header("Cache-Control")).ShouldBe(("text/event-stream", "5", "no-cache"));
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    public async Task Within_the_origin_all_go(int status)
    {
        await using var hub = await LoopbackServer.StartAsync();
        using var http = new HttpClient(SiarHttpHandler.Create());
        await using var stream = Open(http, hub);
        await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);

        var next = items.MoveNextAsync().AsTask();
        await (await hub.NextAsync()).AnswerAsync(status, ("Location", "/there?a=b"));
        var led = await hub.NextAsync();
        await led.AnswerAsync("data: x\n\n");

        (await next).ShouldBeTrue();
        led.Url.ShouldBe("/there?a=b");
        (led.Header("X-Api-Key"), led.Header("Authorization")).ShouldBe(("secret", "Bearer secret"));
    }

    [Fact]
    public async Task What_another_origin_was_not_given_does_not_come_back_on_the_way_home()
    {
        await using var hub = await LoopbackServer.StartAsync();
        await using var other = await LoopbackServer.StartAsync();
        using var http = new HttpClient(SiarHttpHandler.Create());
        await using var stream = Open(http, hub);
        await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);

        var next = items.MoveNextAsync().AsTask();
        await (await hub.NextAsync()).AnswerAsync(307, ("Location", other.Url.AbsoluteUri));
        await (await other.NextAsync()).AnswerAsync(307, ("Location", hub.Url.AbsoluteUri));
        var home = await hub.NextAsync();
        await home.AnswerAsync("data: x\n\n");

        (await next).ShouldBeTrue();
        home.Header("X-Api-Key").ShouldBeNull();
    }

    [Theory]
    [InlineData(301, "GET")]
    [InlineData(302, "GET")]
    [InlineData(303, "GET")]
    [InlineData(307, "POST")]
    [InlineData(308, "POST")]
    public async Task What_is_published_goes_on_as_fetch_has_it(int status, string method)
    {
        await using var hub = await LoopbackServer.StartAsync();
        await using var other = await LoopbackServer.StartAsync();
        await using var client = new SiarClient(new SiarClientOptions { Hub = new Uri(hub.Url, "/"), Token = "secret" });

        var published = client.PublishAsync("t", "x", TestContext.Current.CancellationToken);
        await (await hub.NextAsync()).AnswerAsync(status, ("Location", other.Url.AbsoluteUri));
        var led = await other.NextAsync();
        await led.StartAsync(200, "application/json");
        await led.SendAsync("""{"ids":["1"]}""");
        led.End();

        (await published).ShouldBe("1");
        (led.Method, led.Body.Length > 0, led.Header("Authorization"), led.Header("Content-Type")).ShouldBe((method, method == "POST", null, method == "POST" ? "application/x-ndjson" : null));
    }

    private static EventStream<string> Open(HttpClient http, LoopbackServer hub) => EventStream.Open(
        http,
        new() { Url = hub.Url, Headers = Secrets, TokenProvider = _ => new("secret"), LastEventId = "5" });
}
