using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Admin;

/// <summary><c>/revocations</c>: who may, what is taken, and what comes of it.</summary>
public sealed class RevocationEndpointTests
{
    private static readonly string May = Keyring.Publisher("/.well-known/mercure/revocations");

    [Theory]
    [InlineData("user=alice", "user", "alice")]
    [InlineData("token=j%201", "token", "j 1")]
    [InlineData("claim=tenant&value=a%26b", "value", "a&b")]
    [InlineData("address=%3A%3Affff%3A192.0.2.9", "address", "192.0.2.9")]
    [InlineData("address=2001:db8:1:2::/64", "address", "2001:db8:1:2::/64")]
    public async Task Callers_are_refused_for_a_time_listed_and_let_in_again_by_the_same_words(string query, string name, string value)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var before = TimeProvider.System.GetUtcNow();
        var made = await JsonAsync(await SendAsync(hub, HttpMethod.Post, query + "&for=3600"));
        ((string)made[name]!).ShouldBe(value);
        var until = (DateTimeOffset)made["until"]!;
        until.ShouldBeInRange(before.AddSeconds(3_599), TimeProvider.System.GetUtcNow().AddSeconds(3_600));
        var listed = (await JsonAsync(await SendAsync(hub, HttpMethod.Get, "")))["revocations"]!.AsArray().ShouldHaveSingleItem();
        listed!.ToJsonString().ShouldBe(made.ToJsonString());

        // What is said later of the same callers takes its place.
        await SendAsync(hub, HttpMethod.Post, query + "&until=2035-01-31T12:00:00Z");
        await SendAsync(hub, HttpMethod.Post, $"{query}&until={TimeProvider.System.GetUtcNow().AddDays(2).ToUnixTimeSeconds()}");
        hub.Core.Revocations.InForce.ShouldHaveSingleItem().Until.ShouldBeInRange(before.AddDays(1), before.AddDays(3));
        (await SendAsync(hub, HttpMethod.Delete, query)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(hub, HttpMethod.Delete, query)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        hub.Core.Revocations.InForce.ShouldBeEmpty();
    }

    [Fact]
    public async Task With_no_time_at_all_their_streams_end_and_nobody_is_refused()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        (await SendAsync(hub, HttpMethod.Post, "address=127.0.0.1&for=0")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await reader.ReadToEndAsync()).ShouldHaveSingleItem().Data.ShouldBe("""{"reason":"disconnected"}""");
        reader.Retries.Count.ShouldBe(2);
        using var back = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
    }

    [Theory]
    [InlineData("for=60", "does not say which callers")]
    [InlineData("user=a&token=b&for=60", "has 'user' and 'token'")]
    [InlineData("user=&for=60", "field 'user' in the query is missing")]
    [InlineData("user=a&user=b&for=60", "more than once")]
    [InlineData("user=a", "does not say how long")]
    [InlineData("user=a&for=60&until=2035-01-31T12:00:00Z", "does not say how long")]
    [InlineData("user=a&for=soon", "not a whole number")]
    [InlineData("user=a&until=2001-01-31T12:00:00Z", "no time to come")]
    [InlineData("user=a&until=2935-01-31T12:00:00Z", "no time to come")]
    [InlineData("user=a&until=99999999999999999999", "no time to come")]
    [InlineData("user=a&until=tomorrow", "no time to come")]
    [InlineData("token=a&issuer=b&for=60", "goes with 'user'")]
    [InlineData("claim=a&for=60", "field 'value' in the query is missing")]
    [InlineData("address=here&for=60", "no IP address")]
    public async Task What_is_wrong_is_said_and_nobody_is_refused(string query, string sentence)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var answer = await SendAsync(hub, HttpMethod.Post, query);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain(sentence);
        hub.Core.Log.Head.ShouldBe(0);
    }

    [Fact]
    public async Task Only_a_grant_for_it_or_an_authorisation_of_the_application_opens_it_and_no_page_of_another_origin()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup() with
        {
            Services = s => s.AddAuthorization().AddAuthentication(),
            Pipeline = app => app.UseAuthorization(),
            Endpoints = app => app.MapGroup("/admin").MapSiarRevocations().RequireAuthorization(policy => policy.RequireAssertion(c => ((HttpContext)c.Resource!).Request.Headers["X-Admin"] == "yes")),
        });
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete })
        {
            (await SendAsync(hub, method, "user=a&for=60", token: null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            foreach (var token in new[] { Keyring.Publisher("a", "/.well-known/mercure/dashboard"), Keyring.LegacyPublisher("a") })
                (await SendAsync(hub, method, "user=a&for=60", token)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            // A subscriber's token publishes nothing.
            (await SendAsync(hub, method, "user=a&for=60", Keyring.Subscriber("/.well-known/mercure/revocations"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await SendAsync(hub, method, "user=a&for=60", May, ("Origin", "https://evil.example"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        hub.Core.Log.Head.ShouldBe(0);
        (await SendAsync(hub, HttpMethod.Post, "user=a&for=60", token: null, ("X-Path", "/admin"), ("X-Admin", "yes"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        hub.Core.Revocations.InForce.Count().ShouldBe(1);
    }

    [Fact]
    public async Task Who_has_revoked_its_own_address_can_lift_that_and_who_is_revoked_itself_cannot()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        (await SendAsync(hub, HttpMethod.Post, "address=127.0.0.1&for=60")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(hub, HttpMethod.Delete, "address=127.0.0.1")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(hub, HttpMethod.Post, "user=somebody&for=60")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var refused = await SendAsync(hub, HttpMethod.Delete, "user=somebody");
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("was revoked");
    }

    [Fact]
    public async Task A_log_that_an_earlier_build_has_made_is_named_and_takes_none()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Services = s => s.AddSingleton<IEventLog>(new MemoryLog(new RetentionLimits(10, null, null), [], TimeProvider.System)) });
        using var answer = await SendAsync(hub, HttpMethod.Post, "user=a&for=60", token: null);
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("siar log plan --adopt");
    }

    private static Task<HttpResponseMessage> SendAsync(TestHub hub, HttpMethod method, string query) => SendAsync(hub, method, query, May);

    private static async Task<HttpResponseMessage> SendAsync(TestHub hub, HttpMethod method, string query, string? token, params (string Name, string Value)[] headers)
    {
        var root = headers.FirstOrDefault(h => h.Name == "X-Path").Value;
        using var request = new HttpRequestMessage(method, $"{root}/revocations?{query}");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await hub.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<JsonObject> JsonAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
}
