using System.Net;

namespace Siar.AspNetCore.Tests.Origins;

/// <summary>Which pages a browser lets use the doors.</summary>
public sealed class CorsTests
{
    private const string Mercure = "/.well-known/mercure?match=a";

    [Theory]
    [InlineData("/events/a")]
    [InlineData(Mercure)]
    [InlineData("/.well-known/mercure/subscriptions")]
    [InlineData("/.well-known/oauth-protected-resource/.well-known/mercure")]
    public async Task An_allowed_page_may_read_with_credentials(string path)
    {
        await using var hub = await StartAsync("https://app.example", "https://*.apps.example");
        foreach (var origin in new[] { "https://app.example", "https://one.apps.example" })
        {
            using var answer = await GetAsync(hub, path, origin);
            answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([origin]);
            answer.Headers.GetValues("Access-Control-Allow-Credentials").ShouldBe(["true"]);
            answer.Headers.GetValues("Access-Control-Expose-Headers").Single().ShouldContain("Mercure-Last-Event-ID");
            answer.Headers.Vary.ShouldContain("Origin");
        }
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://app.example.evil.example")]
    [InlineData("http://app.example")]
    [InlineData("https://app.example:8443")]
    [InlineData("null")]
    [InlineData("https://.apps.example")]
    [InlineData("https://evil.example?.apps.example")]
    [InlineData("https://a@b.apps.example")]
    public async Task An_origin_that_is_not_allowed_is_never_repeated(string origin)
    {
        await using var hub = await StartAsync("https://app.example", "https://*.apps.example");
        foreach (var path in new[] { "/events/a", Mercure })
        {
            using var answer = await GetAsync(hub, path, origin);
            answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
            answer.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Every_page_may_read_without_credentials()
    {
        await using var hub = await StartAsync("*");
        using var answer = await GetAsync(hub, Mercure, "https://whoever.example");
        answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        answer.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
    }

    [Fact]
    public async Task Without_a_list_nothing_is_said()
    {
        await using var hub = await StartAsync();
        using var answer = await GetAsync(hub, Mercure, "https://app.example");
        answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Theory]
    [InlineData("/events/a")]
    [InlineData("/events")]
    [InlineData("/.well-known/mercure")]
    [InlineData("/.well-known/mercure/subscriptions")]
    [InlineData("/.well-known/mercure/subscriptions/exact/a")]
    public async Task A_preflight_is_answered_without_a_token(string path)
    {
        await using var hub = await StartAsync("https://app.example");
        using var request = new HttpRequestMessage(HttpMethod.Options, path)
        {
            Headers = { { "Origin", "https://app.example" }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "authorization,last-event-id,cache-control" } },
        };
        using var answer = await hub.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["https://app.example"]);
        var headers = answer.Headers.GetValues("Access-Control-Allow-Headers").Single();
        foreach (var name in new[] { "Authorization", "Last-Event-ID", "Cache-Control" }) headers.ShouldContain(name, Case.Insensitive);
        answer.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain("POST");
    }

    [Fact]
    public async Task A_page_that_traces_and_what_is_named_pass_the_preflight()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(options: o =>
        {
            o.AllowedOrigins.Add("https://app.example");
            o.AllowedHeaders.Add("X-Session");
        }));
        using var request = new HttpRequestMessage(HttpMethod.Options, "/events/a")
        {
            Headers = { { "Origin", "https://app.example" }, { "Access-Control-Request-Method", "GET" }, { "Access-Control-Request-Headers", "traceparent,x-session" } },
        };
        using var answer = await hub.Client.SendAsync(request);
        var headers = answer.Headers.GetValues("Access-Control-Allow-Headers").Single();
        foreach (var name in new[] { "traceparent", "tracestate", "baggage", "X-Session" }) headers.ShouldContain(name, Case.Insensitive);
        headers.ShouldNotContain("*");
    }

    [Fact]
    public async Task A_header_that_can_have_no_such_name_stops_the_start() =>
        (await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => TestHub.StartAsync(o => o.AllowedHeaders.Add("a b")))).Message.ShouldContain("AllowedHeaders has 'a b'");

    [Theory]
    [InlineData("https://app.example/", false)]
    [InlineData("app.example", false)]
    [InlineData("https://*", false)]
    [InlineData("https://a.*.example", false)]
    [InlineData("https://app.example/path", false)]
    [InlineData("https://app.example:8443", true)]
    [InlineData("http://localhost:5000", true)]
    [InlineData("https://*.example.com", true)]
    [InlineData("*", true)]
    public void An_entry_is_an_origin(string origin, bool isOne) => (OriginList.Check("X", origin) is null).ShouldBe(isOne);

    private static Task<TestHub> StartAsync(params string[] origins) => TestHub.StartAsync(Keyring.Open(o =>
    {
        foreach (var origin in origins) o.AllowedOrigins.Add(origin);
    }));

    private static async Task<HttpResponseMessage> GetAsync(TestHub hub, string path, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        return await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
