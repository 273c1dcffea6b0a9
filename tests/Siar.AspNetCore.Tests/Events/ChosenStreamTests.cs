using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore.Tests.Events;

/// <summary>Streams of whoever asks, and of route values.</summary>
public sealed class ChosenStreamTests
{
    public static TheoryData<string> Forms => ["delegate", "asynchronous", "function", "asynchronous function", "result", "controller"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_route_value_says_the_topic(string form)
    {
        await using var hub = await StartAsync(app => _ = form switch
        {
            "delegate" => app.MapEvents("/jobs/{id}", (string id) => $"jobs/{id}"),
            "asynchronous" => app.MapEvents("/jobs/{id}", async (string id) => { await Task.Yield(); return $"jobs/{id}"; }),
            "function" => app.MapEvents("/jobs/{id}", context => new StreamRequest($"jobs/{context.Request.RouteValues["id"]}")),
            "asynchronous function" => app.MapEvents("/jobs/{id}", async context => { await Task.Yield(); return new StreamRequest($"jobs/{context.Request.RouteValues["id"]}"); }),
            "result" => app.MapGet("/jobs/{id}", (string id) => SiarResults.Events($"jobs/{id}")),
            _ => app.MapControllers(),
        });
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/jobs/7?topic=jobs/8");

        await hub.Hub.PublishAsync("jobs/8", "of another");
        await hub.Hub.PublishAsync(new Event(Topic.Parse("jobs/7"), "secret") { IsPrivate = true });
        await hub.Hub.PublishAsync("jobs/7", "50");

        (await reader.NextAsync()).Data.ShouldBe("50");
        using var head = await hub.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/jobs/7"));
        head.StatusCode.ShouldBe(form is "result" or "controller" ? HttpStatusCode.MethodNotAllowed : HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_typed_topic_takes_its_variables_from_the_route_and_says_what_its_events_are()
    {
        var orders = new Topic<Uri>("shops/{shop}/orders/{id}");
        await using var hub = await StartAsync(app => app.MapGroup("/{shop}").MapEvents("/orders/{id:int}", orders));
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/a%20b/orders/7");

        await hub.Hub.PublishAsync(orders.With("a", "7"), new Uri("https://other.test/"));
        await hub.Hub.PublishAsync(orders.With("a b", "7"), new Uri("https://shop.test/"));

        (await reader.NextAsync()).Data.ShouldBe("\"https://shop.test/\"");
        var endpoint = hub.Services.GetRequiredService<EndpointDataSource>().Endpoints.Single(e => e.Metadata.GetMetadata<IProducesResponseTypeMetadata>()?.Type == typeof(Uri));
        endpoint.Metadata.GetMetadata<IProducesResponseTypeMetadata>()!.ContentTypes.ShouldBe(["text/event-stream"]);
    }

    [Theory]
    [InlineData("/orders")]
    [InlineData("/orders/{number}")]
    [InlineData("/orders/{id?}")]
    [InlineData("/orders/{**id}")]
    public async Task A_route_that_has_no_value_for_a_variable_of_the_topic_stops_the_start(string path) =>
        (await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(app => app.MapEvents(path, new Topic<Uri>("orders/{id}"))))).Message
            .ShouldBe($"The route '{path}' has no value for 'id' of the topic 'orders/{{id}}': write {{id}} into the route.");

    [Fact]
    public async Task A_signed_in_user_has_a_stream_of_its_own()
    {
        await using var hub = await StartAsync(app => app.MapEvents("/me/live", (ClaimsPrincipal user) => EventTopics.User(user)).RequireAuthorization());
        (await hub.Client.GetAsync("/me/live")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        hub.Client.DefaultRequestHeaders.Add("X-User", "ann/../bob *");
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/me/live");

        await hub.Hub.PublishAsync(new Event(Topic.Parse(hub.Hub.User("bob")), "to bob") { IsPrivate = true });
        await hub.Hub.PublishAsync(new Event(Topic.Parse(hub.Hub.User("ann/../bob *")), "to ann") { IsPrivate = true });

        (await reader.NextAsync()).Data.ShouldBe("to ann");
        hub.Hub.User("ann/../bob *").ShouldBe("users/ann%2F..%2Fbob%20%2A");
    }

    [Fact]
    public async Task A_caller_that_is_not_known_is_answered_401()
    {
        await using var hub = await StartAsync(app =>
        {
            app.MapEvents("/delegate", (ClaimsPrincipal user) => EventTopics.User(user));
            app.MapEvents("/function", context => EventTopics.User(context.User) is { } topic ? new StreamRequest(topic) : null);
            app.MapGet("/result", () => SiarResults.Events((StreamRequest?)null));
        });

        foreach (var path in new[] { "/delegate", "/function", "/result" }) (await hub.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
    }

    [Fact]
    public async Task A_route_value_is_one_topic_and_never_all_of_them()
    {
        await using var hub = await StartAsync(app => app.MapEvents("/{topic}", (string topic) => topic));
        await hub.Hub.PublishAsync("others", "of others");

        foreach (var path in new[] { "/*", "/%2A", "/{x}", "/:x" }) (await PageAsync(hub, path)).ShouldContain("\"events\":[]", Case.Sensitive, path);
        using var wrong = await hub.Client.GetAsync("/a%0Ab");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wrong.Content.ReadAsStringAsync()).ShouldContain("control character");
    }

    [Fact]
    public async Task What_a_handler_returns_besides_topics_passes()
    {
        await using var hub = await StartAsync(app =>
        {
            app.MapEvents("/jobs/{id}", (int id) => id == 1 ? SiarResults.Events("jobs/1") : Results.NotFound());
            app.MapEvents("/several", () => new[] { "a", "b" });
            app.MapEvents("/wrong", () => 5);
        });
        await hub.Hub.PublishAsync("a", "1");
        await hub.Hub.PublishAsync("b", "2");

        (await hub.Client.GetAsync("/jobs/2")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PageAsync(hub, "/several")).ShouldContain("\"data\":\"2\"");
        (await hub.Client.GetAsync("/wrong")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        hub.Log.Errors.ShouldHaveSingleItem().ShouldContain("return a topic, several of them, a StreamRequest, or an IResult");
    }

    [Fact]
    public async Task A_request_says_what_is_granted_and_how_the_stream_begins()
    {
        await using var hub = await StartAsync(app =>
        {
            app.MapEvents("/granted", _ => new StreamRequest("a") { Grants = MatcherSet.OfTopics(Topic.Parse("a")) });
            app.MapEvents("/none", _ => new StreamRequest("a") { Grants = MatcherSet.None }).RequireAuthorization();
            app.MapEvents("/last", _ => new StreamRequest("a") { Last = 1 });
            app.MapEvents("/snapshot", _ => new StreamRequest("a") { Snapshot = true });
            app.MapEvents("/everything", _ => new StreamRequest(MatcherSet.All) { Last = 9 });
        });
        hub.Client.DefaultRequestHeaders.Add("X-User", "ann");
        await hub.Hub.PublishAsync(new Event(Topic.Parse("a"), "one") { Key = "k" });
        await hub.Hub.PublishAsync(new Event(Topic.Parse("a"), "two") { Key = "k" });
        await hub.Hub.PublishAsync("a", "three");
        await hub.Hub.PublishAsync(new Event(Topic.Parse("a"), "secret") { IsPrivate = true });

        (await DataAsync(hub, "/granted?lastEventId=earliest")).ShouldBe(["one", "two", "three", "secret"]);
        (await DataAsync(hub, "/none?lastEventId=earliest")).ShouldBe(["one", "two", "three"]);
        (await DataAsync(hub, "/last")).ShouldBe(["three"]);
        (await DataAsync(hub, "/last?last=2")).ShouldBe(["two", "three"]);
        (await DataAsync(hub, "/snapshot")).ShouldBe(["two"]);
        (await DataAsync(hub, "/everything")).ShouldBe(["one", "two", "three"]);
        Should.Throw<ArgumentOutOfRangeException>(() => new StreamRequest("a") { Last = 0 });
        Should.Throw<ArgumentException>(() => new StreamRequest());
    }

    [Fact]
    public async Task What_is_streamed_for_one_caller_is_kept_by_no_shared_cache()
    {
        await using var hub = await StartAsync(app => app.MapEvents("/mine", _ => new StreamRequest("a")));
        var first = await hub.Hub.PublishAsync("a", "0");
        await hub.Hub.PublishAsync("a", "1");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/mine?limit=1&lastEventId={Uri.EscapeDataString(first.Id.Value)}") { Headers = { { "Accept", "application/json" } } };
        using var answer = await hub.Client.SendAsync(request);

        answer.Headers.CacheControl!.Private.ShouldBeTrue();
    }

    [Fact]
    public async Task A_route_value_in_a_fixed_topic_is_a_mistake_at_the_start()
    {
        await using var hub = await StartAsync(app =>
            Should.Throw<ArgumentException>(() => app.MapEvents("/jobs/{id}/progress", "jobs/{id}")).Message.ShouldContain("(string id) =>"));
    }

    private static Task<TestHub> StartAsync(Action<WebApplication> endpoints) => TestHub.StartAsync(new TestHubSetup
    {
        Environment = "Production",
        MapsSiar = false,
        Services = s =>
        {
            s.AddControllers().AddApplicationPart(typeof(JobsController).Assembly);
            s.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, ByHeader>("test", null);
            s.AddAuthorization();
        },
        Endpoints = endpoints,
    });

    private static async Task<string> PageAsync(TestHub hub, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path + "?lastEventId=earliest") { Headers = { { "Accept", "application/json" } } };
        using var answer = await hub.Client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<List<string>> DataAsync(TestHub hub, string path)
    {
        using var stream = await EventStream.OpenAsync(hub.Client, path);
        var data = new List<string>();
        while (await stream.NextAsync() is { Type: not "siar.live" } next) data.Add(next.Data);
        return data;
    }

    private sealed class ByHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-User"].ToString() is not { Length: > 0 } name) return Task.FromResult(AuthenticateResult.NoResult());
            var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, name)], Scheme.Name));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(user, Scheme.Name)));
        }
    }
}

/// <summary>A controller that answers with a stream.</summary>
[ApiController]
public sealed class JobsController : ControllerBase
{
    [HttpGet("/jobs/{id}")]
    public IResult Progress(string id) => SiarResults.Events($"jobs/{id}");
}
