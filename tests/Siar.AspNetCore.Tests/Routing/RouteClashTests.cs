using System.Net;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Siar.AspNetCore.Tests.Routing;

/// <summary>What the hub maps, what it leaves to the application, and that nobody finds out by an error.</summary>
public sealed class RouteClashTests
{
    [Fact]
    public async Task Streams_and_Mercure_are_mapped_and_the_rest_is_the_applications_choice()
    {
        await using var hub = await StartAsync(app =>
        {
            app.MapSiar();
            app.MapGet("/metrics", () => "of the application");
            app.MapGet("/health/live", () => "of the application");
        });

        (await hub.Client.GetAsync("/events/a", HttpCompletionOption.ResponseHeadersRead)).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "/metrics", "/health/live" }) (await hub.Client.GetStringAsync(path)).ShouldBe("of the application");
        foreach (var path in new[] { "/health/ready", "/openapi.json" }) (await hub.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
    }

    public static TheoryData<string, string> Clashes => new()
    {
        { "/events", "GET /events" }, { "/Events", "GET /events" }, { "/events/{**rest}", "GET /events/{**topic}" }, { "/events/{*rest}", "GET /events/{**topic}" },
        { "/.well-known/mercure", "GET /.well-known/mercure" }, { "/metrics", "GET /metrics" }, { "/health/ready", "GET /health/ready" }, { "/openapi.json", "GET /openapi.json" },
        { "/live", "GET /live" }, { "/jobs/{number}", "GET /jobs/{id}" },
    };

    [Theory]
    [MemberData(nameof(Clashes))]
    public async Task What_the_application_answers_as_well_stops_the_start(string path, string named)
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(app =>
        {
            MapAll(app);
            app.MapGet(path, () => "of the application").WithDisplayName("the application's");
        }));

        failure.Message.ShouldStartWith($"Two endpoints answer {named}");
        failure.Message.ShouldContain("'the application's'");
        failure.Message.ShouldContain("app.MapGroup(\"/hub\").MapSiar()");
    }

    [Fact]
    public async Task So_does_an_endpoint_of_any_method_and_the_hub_mapped_twice()
    {
        (await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(app =>
        {
            app.MapSiarMetrics();
            app.Map("/metrics", () => "any");
        }))).Message.ShouldStartWith("Two endpoints answer GET, HEAD /metrics");
        (await Should.ThrowAsync<InvalidOperationException>(() => StartAsync(app =>
        {
            app.MapSiar();
            app.MapSiar();
        }))).Message.ShouldContain("'Siar: read events' and 'Siar: read events'");
    }

    [Fact]
    public async Task What_does_not_clash_starts()
    {
        await using var hub = await StartAsync(app =>
        {
            MapAll(app);
            MapAll(app.MapGroup("/hub"));
            app.MapDelete("/events", () => "another method");
            app.MapGet("/jobs/{id:int}", (int id) => $"number {id}");
            app.MapGet("/events/{topic}/count", (string topic) => topic.Length);
            app.MapGet("/metrics", () => "another host").RequireHost("other.example");
            app.MapFallback("/live", () => "a fallback");
            app.MapFallback(() => "the fallback");
        });

        (await hub.Client.GetStringAsync("/jobs/5")).ShouldBe("number 5");
        (await hub.Client.GetStringAsync("/metrics")).ShouldContain("siar_");
        (await hub.Client.GetStringAsync("/elsewhere")).ShouldBe("the fallback");
    }

    [Fact]
    public async Task An_authorisation_on_a_group_closes_all_that_is_in_it()
    {
        await using var hub = await StartAsync(app =>
        {
            var group = app.MapGroup("/hub").RequireAuthorization();
            MapAll(group);
            MapAll(app);
        }, s => s.AddAuthorization().AddAuthentication("none").AddScheme<AuthenticationSchemeOptions, Nobody>("none", null));

        var closed = 0;
        foreach (var endpoint in hub.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => e.RoutePattern.RawText!.StartsWith("/hub", StringComparison.Ordinal)))
        {
            foreach (var method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Where(m => m != "OPTIONS"))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), endpoint.RoutePattern.RawText!.Replace("{**topic}", "a").Replace("{**rest}", "a").Replace("{id}", "a"));
                using var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {endpoint.RoutePattern.RawText}");
                closed++;
            }
        }

        closed.ShouldBeGreaterThan(20);
        foreach (var path in new[] { "/metrics", "/health/live", "/openapi.json" }) (await hub.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
    }

    [Fact]
    public async Task Probes_stay_open_under_a_policy_for_endpoints_without_one()
    {
        await using var hub = await StartAsync(MapAll, s => s.AddAuthentication("none").AddScheme<AuthenticationSchemeOptions, Nobody>("none", null).Services.AddAuthorization(
            o => o.FallbackPolicy = new AuthorizationPolicyBuilder("none").RequireAuthenticatedUser().Build()));

        foreach (var path in new[] { "/metrics", "/health/live", "/health/ready", "/openapi.json" }) (await hub.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        (await hub.Client.GetAsync("/events/a")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static void MapAll(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapSiar();
        endpoints.MapSiarHealth();
        endpoints.MapSiarMetrics();
        endpoints.MapSiarOpenApi();
        endpoints.MapEvents("/live", "prices");
        endpoints.MapEvents("/jobs/{id}", (string id) => $"jobs/{id}");
    }

    private static Task<TestHub> StartAsync(Action<WebApplication> endpoints, Action<IServiceCollection>? services = null) =>
        TestHub.StartAsync(new TestHubSetup { MapsSiar = false, Endpoints = endpoints, Services = services });

    private sealed class Nobody(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
