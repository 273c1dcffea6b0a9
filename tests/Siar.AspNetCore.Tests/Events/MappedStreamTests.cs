using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Events;

public sealed class MappedStreamTests
{
    [Fact]
    public async Task Everybody_gets_the_public_events_of_its_topics_and_no_others()
    {
        await using var hub = await StartAsync(app => app.MapEvents("/prices", "gold", "silver"));
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/prices?topic=lead");

        await hub.Hub.PublishAsync("lead", "no");
        await hub.Hub.PublishAsync(new Event(Topic.Parse("gold"), "secret") { IsPrivate = true });
        await hub.Hub.PublishAsync("gold", "1");
        await hub.Hub.PublishAsync("silver", "2");

        (await reader.NextAsync()).Data.ShouldBe("1");
        (await reader.NextAsync()).Data.ShouldBe("2");
    }

    [Fact]
    public async Task Whoever_passes_the_applications_authorisation_gets_the_private_events_too()
    {
        await using var hub = await StartAsync(app => app.MapEvents("/prices", "gold").RequireAuthorization());
        (await hub.Client.GetAsync("/prices")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        hub.Client.DefaultRequestHeaders.Add("X-User", "ann");
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/prices");

        await hub.Hub.PublishAsync(new Event(Topic.Parse("lead"), "other") { IsPrivate = true });
        await hub.Hub.PublishAsync(new Event(Topic.Parse("gold"), "secret") { IsPrivate = true });

        (await reader.NextAsync()).Data.ShouldBe("secret");
    }

    [Fact]
    public async Task An_endpoint_that_lets_everybody_in_after_all_gives_no_private_events()
    {
        await using var hub = await StartAsync(app => app.MapEvents("/prices", "gold").RequireAuthorization().AllowAnonymous());
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/prices");

        await hub.Hub.PublishAsync(new Event(Topic.Parse("gold"), "secret") { IsPrivate = true });
        await hub.Hub.PublishAsync("gold", "known");

        (await reader.NextAsync()).Data.ShouldBe("known");
    }

    [Fact]
    public async Task It_resumes_and_has_the_other_representations()
    {
        await using var hub = await StartAsync(app => app.MapEvents("/prices", "*"));
        await hub.Hub.PublishAsync("gold", "1");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/prices?lastEventId=earliest") { Headers = { { "Accept", "application/json" } } };

        using var answer = await hub.Client.SendAsync(request);

        (await answer.Content.ReadAsStringAsync()).ShouldContain("\"data\":\"1\"");
    }

    [Fact]
    public async Task A_stream_of_nothing_is_a_mistake_at_the_start()
    {
        await using var hub = await StartAsync(app =>
        {
            Should.Throw<ArgumentException>(() => app.MapEvents("/none")).Message.ShouldContain("/none");
            Should.Throw<FormatException>(() => app.MapEvents("/bad", "a\nb"));
        });
    }

    private static Task<TestHub> StartAsync(Action<WebApplication> endpoints) => TestHub.StartAsync(new TestHubSetup
    {
        Environment = "Production",
        MapsSiar = false,
        Services = s =>
        {
            s.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, ByHeader>("test", null);
            s.AddAuthorization();
        },
        Endpoints = endpoints,
    });

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
