using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Siar.AspNetCore;
using Siar.Hub;
using Siar.Topics;

namespace Siar.Dashboard.Tests;

/// <summary>Who may watch the hub, and who may end streams.</summary>
public sealed class AccessTests
{
    private static readonly string[] Data = ["live/statistics", "live/topics", "live/connections", "live/events?topic=a", "live/about"];

    [Fact]
    public async Task Without_rules_and_outside_development_the_page_answers_and_its_data_does_not()
    {
        await using var app = await DashboardApp.StartAsync("Production", map: a => a.MapSiarDashboard());

        (await app.Client.GetAsync("/siar")).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var path in Data)
        {
            using var answer = await app.Client.GetAsync("/siar/" + path);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("it takes a grant to subscribe");
        }

        (await app.Client.DeleteAsync("/siar/live/connections/1")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_caller_whom_the_authoriser_does_not_know_is_told_so()
    {
        await using var app = await DashboardApp.StartAsync("Production", siar: s => s.UseAuthorizer(_ => new((SiarAccess?)null)));

        (await app.Client.GetAsync("/siar")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await app.Client.GetAsync("/siar/live/about")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_grant_to_read_everything_watches_and_ends_nothing()
    {
        await using var app = await DashboardApp.StartAsync("Production", siar: s => s.UseAuthorizer(_ => new(new SiarAccess { Subscribe = MatcherSet.All })));

        (await app.Client.GetStringAsync("/siar/live/about")).ShouldContain("\"mayEnd\":false");
        using var refused = await app.Client.DeleteAsync("/siar/live/connections/1");
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("it takes a grant to publish");
    }

    [Fact]
    public async Task A_grant_on_a_few_topics_is_not_enough()
    {
        await using var app = await DashboardApp.StartAsync(
            "Production", siar: s => s.UseAuthorizer(_ => new(new SiarAccess { Subscribe = MatcherSet.OfTopics(Topic.Parse("prices")) })));

        (await app.Client.GetAsync("/siar/live/statistics")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task What_strangers_may_read_lets_none_of_them_watch()
    {
        await using var app = await DashboardApp.StartAsync("Production", siar: s => s.AllowAnonymousReaders("*"));

        foreach (var path in Data) (await app.Client.GetAsync("/siar/" + path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
    }

    [Fact]
    public async Task Who_may_watch_sees_every_public_event_and_no_private_one_without_a_grant()
    {
        var watcher = new SiarAccess { Subscribe = MatcherSet.OfTopics(Topic.Parse("/.well-known/mercure/dashboard")) };
        await using var app = await DashboardApp.StartAsync("Production", siar: s => s.UseAuthorizer(_ => new(watcher)));
        await app.Hub.PublishAsync(new Event(Topic.Parse("a"), "secret") { IsPrivate = true });
        await app.Hub.PublishAsync("a", "known");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/siar/live/events?topic=*&lastEventId=earliest") { Headers = { { "Accept", "application/json" } } };
        using var answer = await app.Client.SendAsync(request);

        (await answer.Content.ReadAsStringAsync()).ShouldContain("known");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_page_of_another_origin_ends_no_stream()
    {
        await using var app = await DashboardApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/siar/live/connections/1") { Headers = { { "Origin", "http://elsewhere.example" } } };

        (await app.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Under_the_application_s_own_authorisation_whoever_passes_may_do_everything()
    {
        await using var app = await DashboardApp.StartAsync("Production", services: Operators, map: a =>
        {
            a.UseAuthentication();
            a.UseAuthorization();
            a.MapSiarDashboard().RequireAuthorization();
        });

        (await app.Client.GetAsync("/siar")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        app.Client.DefaultRequestHeaders.Add("Authorization", "Operator");
        (await app.Client.GetAsync("/siar")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await app.Client.GetStringAsync("/siar/live/about")).ShouldContain("\"mayEnd\":true");
        (await app.Client.DeleteAsync("/siar/live/connections/1")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static void Operators(IServiceCollection services)
    {
        services.AddAuthentication("Operators").AddScheme<AuthenticationSchemeOptions, OperatorHandler>("Operators", null);
        services.AddAuthorization();
    }

    private sealed class OperatorHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers.Authorization != "Operator") return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, "operator")], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
