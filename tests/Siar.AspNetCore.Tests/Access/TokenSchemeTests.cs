using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Siar.Hub;
using Siar.TestKit;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Access;

/// <summary>The tokens as an authentication scheme of ASP.NET Core.</summary>
public sealed class TokenSchemeTests
{
    private static readonly AuthorizationPolicy Bearers =
        new AuthorizationPolicyBuilder(SiarAuthentication.Scheme).RequireAuthenticatedUser().Build();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AddSiar_changes_neither_default_scheme_nor_challenge_of_an_application_that_has_none(bool hasAuthentication)
    {
        var with = await ChallengeAsync(hasAuthentication, static services => services.AddSiar().UseTokens(Keyring.Trust));
        var without = await ChallengeAsync(hasAuthentication, static _ => { });

        with.Message.ShouldBe(without.Message);
        with.Defaults.ShouldAllBe(scheme => scheme == null);
        with.HasMiddleware.ShouldBe(without.HasMiddleware);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_only_scheme_of_an_application_stays_its_default(bool isSiarFirst)
    {
        var services = new ServiceCollection().AddLogging();
        if (isSiarFirst) services.AddSiar().UseTokens(Keyring.Trust);
        services.AddAuthentication().AddCookie("Own");
        if (!isSiarFirst) services.AddSiar().UseTokens(Keyring.Trust);
        await using var provider = services.BuildServiceProvider();

        (await provider.GetRequiredService<IAuthenticationSchemeProvider>().GetDefaultAuthenticateSchemeAsync())!.Name.ShouldBe("Own");
        (await provider.GetRequiredService<IAuthenticationSchemeProvider>().GetAllSchemesAsync()).ShouldHaveSingleItem().Name.ShouldBe("Own");
    }

    [Fact]
    public async Task An_endpoint_of_the_application_that_names_the_scheme_sees_the_tokens_bearer_and_what_it_may_do()
    {
        await using var hub = await TestHub.StartAsync(Setup(app => app.MapGet("/me", TellUser).RequireAuthorization(Bearers)));

        (await GetAsync(hub, "/me", Subscriber("alice", "a"))).ShouldBe((HttpStatusCode.OK, "alice of https://issuer.example, publishes nothing, reads a"));
        // A token counts in the role that it is of; what it may do is what it may in that role.
        (await GetAsync(hub, "/me", Publisher("bob", "b"))).ShouldBe((HttpStatusCode.OK, "bob of https://issuer.example, publishes b, reads nothing"));
    }

    [Fact]
    public async Task Without_a_token_it_is_challenged_as_the_hub_does_it()
    {
        await using var hub = await TestHub.StartAsync(Setup(app => app.MapGet("/me", TellUser).RequireAuthorization(Bearers)));
        foreach (var path in new[] { "/me", "/events/a" })
        {
            using var answer = await hub.Client.GetAsync(path);

            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer resource_metadata=\"https://hub.example/.well-known/oauth-protected-resource/.well-known/mercure\"");
            (await answer.Content.ReadAsStringAsync()).ShouldBe("This hub does not know you: the request needs a token, as 'Authorization: Bearer TOKEN'.\n");
        }
    }

    [Theory]
    [InlineData("Bearer a.bad.token-that-is-long-enough-to-be-looked-at", HttpStatusCode.Unauthorized, "invalid_token")]
    [InlineData(null, HttpStatusCode.Forbidden, "insufficient_scope")]
    public async Task A_token_that_does_not_count_or_does_not_suffice_is_refused_as_the_hub_does_it(string? authorization, HttpStatusCode status, string error)
    {
        var operators = new AuthorizationPolicyBuilder(SiarAuthentication.Scheme).RequireAssertion(c => c.User.FindSiarAccess()?.Publish.IsAll == true).Build();
        await using var hub = await TestHub.StartAsync(Setup(app => app.MapPost("/deploy", () => "done").RequireAuthorization(operators)));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/deploy");
        request.Headers.TryAddWithoutValidation("Authorization", authorization ?? "Bearer " + Publisher("bob", "b"));
        using var answer = await hub.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(status);
        answer.Headers.WwwAuthenticate.ToString().ShouldStartWith($"Bearer error=\"{error}\"");
    }

    [Fact]
    public async Task An_endpoint_that_does_not_name_the_scheme_knows_nobody()
    {
        await using var hub = await TestHub.StartAsync(Setup(app => app.MapGet("/me", TellUser)));

        (await GetAsync(hub, "/me", Subscriber("alice", "a"))).Body.ShouldBe("nobody");
    }

    [Fact]
    public async Task On_the_hubs_endpoints_the_user_is_the_tokens_bearer_beside_whom_the_application_knows()
    {
        ClaimsPrincipal? seen = null;
        await using var hub = await TestHub.StartAsync(Setup(static _ => { }) with
        {
            Pipeline = app => app.Use(async (context, next) =>
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "session")], "Session"));
                await next(context);
                seen = context.User;
            }),
        });

        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/b") { Content = new StringContent("x"), Headers = { { "Authorization", "Bearer " + Publisher("bob", "b") } } };
        using var answer = await hub.Client.SendAsync(request);

        answer.EnsureSuccessStatusCode();
        seen!.Identity!.Name.ShouldBe("bob");
        seen.FindSiarAccess()!.Publish.Matches(Topic.Parse("b")).ShouldBeTrue();
        seen.FindFirstValue(ClaimTypes.Name).ShouldBe("session");
    }

    [Fact]
    public async Task A_policy_on_the_hubs_own_endpoints_sees_the_token_as_well()
    {
        var vip = new AuthorizationPolicyBuilder(SiarAuthentication.Scheme).RequireClaim(ClaimTypes.NameIdentifier, "alice").Build();
        await using var hub = await TestHub.StartAsync(Setup(app => app.MapGroup("/vip").MapSiar().RequireAuthorization(vip)));

        (await GetAsync(hub, "/vip/events/a", Subscriber("alice", "a"), "application/json")).Status.ShouldBe(HttpStatusCode.OK);
        (await GetAsync(hub, "/vip/events/a", Subscriber("mallory", "a"), "application/json")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_mapped_stream_under_the_scheme_ends_before_the_token_does()
    {
        var time = new ManualTimeProvider();
        await using var hub = await TestHub.StartAsync(Setup(app => app.MapEvents("/news", "news").RequireAuthorization(Bearers)) with
        {
            Services = services =>
            {
                services.AddSingleton<TimeProvider>(time);
                services.AddAuthorization().AddAuthentication();
            },
        });
        await hub.Hub.PublishAsync(new Event(Topic.Parse("news"), "kept") { IsPrivate = true });
        var claims = ClaimsOf("alice", "subscribe", "other");
        claims["exp"] = time.GetUtcNow().AddSeconds(100).ToUnixTimeSeconds();
        var token = Keyring.Sign(Keyring.SubscribeSecret, claims);
        using var reader = await hub.SubscribeAsync("/news?lastEventId=earliest", $"Authorization: Bearer {token}\r\n");

        await reader.ReadThroughAsync("data: kept");
        time.Advance(TimeSpan.FromSeconds(75));
        await reader.ReadThroughAsync("\n:");
        time.Advance(TimeSpan.FromSeconds(24));
        await reader.ReadThroughAsync("\r\n0\r\n\r\n");
    }

    [Fact]
    public async Task A_scheme_of_the_applications_own_keeps_the_name()
    {
        await using var hub = await TestHub.StartAsync(Setup(app => app.MapGet("/me", TellUser).RequireAuthorization(Bearers)) with
        {
            Services = services => services.AddAuthorization().AddAuthentication("Other").AddCookie("Other").AddCookie(SiarAuthentication.Scheme),
        });

        (await GetAsync(hub, "/me", Subscriber("alice", "a"))).Status.ShouldNotBe(HttpStatusCode.OK);
    }

    private static TestHubSetup Setup(Action<WebApplication> endpoints) => Keyring.Setup() with
    {
        Services = static services => services.AddAuthorization().AddAuthentication(),
        Endpoints = endpoints,
    };

    private static string TellUser(ClaimsPrincipal user) => user.FindSiarAccess() is { } access
        ? $"{user.Identity!.Name} of {user.FindFirstValue("iss")}, publishes {TellTopics(access.Publish)}, reads {TellTopics(access.Subscribe)}"
        : "nobody";

    private static string TellTopics(MatcherSet topics) => topics.Matchers.IsEmpty ? "nothing" : string.Join(' ', topics.Matchers.Select(m => m.Value));

    private static string Subscriber(string subject, string topic) => Keyring.Sign(Keyring.SubscribeSecret, ClaimsOf(subject, "subscribe", topic));

    private static string Publisher(string subject, string topic) => Keyring.Sign(Keyring.PublishSecret, ClaimsOf(subject, "publish", topic));

    private static System.Text.Json.Nodes.JsonObject ClaimsOf(string subject, string action, string topic)
    {
        var claims = Keyring.V1Claims(new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject
        {
            ["type"] = "https://mercure.rocks/authorization-detail",
            ["actions"] = new System.Text.Json.Nodes.JsonArray(action),
            ["topics"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject { ["match"] = topic }),
        }));
        claims["sub"] = subject;
        return claims;
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(TestHub hub, string path, string token, string accept = "*/*")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Authorization", "Bearer " + token }, { "Accept", accept } } };
        using var answer = await hub.Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>What an application without a scheme of its own says to a challenge that names none.</summary>
    private static async Task<(string Message, string?[] Defaults, bool HasMiddleware)> ChallengeAsync(bool hasAuthentication, Action<IServiceCollection> siar)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        siar(builder.Services);
        if (hasAuthentication) builder.Services.AddAuthentication();
        await using var app = builder.Build();
        await using var scope = app.Services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var failure = await Should.ThrowAsync<InvalidOperationException>(() => context.ChallengeAsync());
        var schemes = app.Services.GetService<IAuthenticationSchemeProvider>();
        return (failure.Message, schemes is null ? [] :
        [
            (await schemes.GetDefaultAuthenticateSchemeAsync())?.Name, (await schemes.GetDefaultChallengeSchemeAsync())?.Name, (await schemes.GetDefaultForbidSchemeAsync())?.Name,
            (await schemes.GetDefaultSignInSchemeAsync())?.Name, (await schemes.GetDefaultSignOutSchemeAsync())?.Name,
        ], app.Services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IAuthenticationSchemeProvider)));
    }
}
