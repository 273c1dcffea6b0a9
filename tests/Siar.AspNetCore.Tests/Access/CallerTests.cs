using System.Net;
using System.Text.Json.Nodes;
using Siar.AspNetCore.Tests.Tokens;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Access;

/// <summary>A name counts together with who vouches for it, beside idempotency keys and in the limits.</summary>
public sealed class CallerTests
{
    private const string OtherIssuer = "https://other.example";
    private const string OtherSecret = "another issuer's secret, long enough for HS256";

    [Fact]
    public async Task Keys_of_callers_whom_different_issuers_call_the_same_are_different()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(t => t.TrustedIssuers[OtherIssuer] = WithKey()));
        await PublishAsync(hub, "mine", Of(Keyring.Issuer, Keyring.PublishSecret, "alice"), HttpStatusCode.OK, isRepeat: false);

        // Another's caller of the same name neither blocks this one's key nor has its publish swallowed.
        await PublishAsync(hub, "theirs", Of(OtherIssuer, OtherSecret, "alice"), HttpStatusCode.OK, isRepeat: false);
        await PublishAsync(hub, "mine", Of(OtherIssuer, OtherSecret, "carol"), HttpStatusCode.OK, isRepeat: false);
        await PublishAsync(hub, "mine", LegacyOf("alice"), HttpStatusCode.OK, isRepeat: false);
        hub.Core.Log.Head.ShouldBe(4);

        // With whatever token it comes, a caller is the same; within one issuer callers are apart.
        await PublishAsync(hub, "mine", Of(Keyring.Issuer, Keyring.PublishSecret, "alice", "second"), HttpStatusCode.OK, isRepeat: true);
        await PublishAsync(hub, "other", Of(Keyring.Issuer, Keyring.PublishSecret, "alice"), HttpStatusCode.UnprocessableEntity, isRepeat: false);
        await PublishAsync(hub, "other", Of(Keyring.Issuer, Keyring.PublishSecret, "bob"), HttpStatusCode.OK, isRepeat: false);
        hub.Core.Log.Head.ShouldBe(5);
    }

    [Fact]
    public async Task A_subject_that_is_called_like_a_token_or_like_a_name_of_the_applications_is_neither()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var withoutSubject = Keyring.LegacyPublisher("*");
        await PublishAsync(hub, "mine", withoutSubject, HttpStatusCode.OK, isRepeat: false);
        var name = "token:" + Siar.Hub.CallerIdentity.OfToken(withoutSubject).Name;
        foreach (var subject in new[] { name, name[..22], "caller:", "application: x" })
            await PublishAsync(hub, "other", Of(Keyring.Issuer, Keyring.PublishSecret, subject), HttpStatusCode.OK, isRepeat: false);
    }

    [Fact]
    public async Task Limits_of_callers_whom_different_issuers_call_the_same_are_different()
    {
        var setup = Keyring.Setup(t => t.TrustedIssuers[OtherIssuer] = WithKey(), o => (o.Limits.ConnectionsPerToken, o.Limits.PublishesPerToken) = (1, 1));
        await using var hub = await TestHub.StartAsync(setup with { Services = s => s.AddSingleton<TimeProvider>(new ManualTimeProvider()) });
        var (mine, theirs) = (Of(Keyring.Issuer, Keyring.SubscribeSecret, "alice", action: "subscribe"), Of(OtherIssuer, OtherSecret, "alice", action: "subscribe"));
        using var first = await hub.SubscribeAsync("/events/a", $"Authorization: Bearer {mine}\r\n");
        while (hub.Core.Subscribers < 1) await Task.Yield();
        (await TokenDoorTests.GetAsync(hub, "/events/a?refusal=status", mine)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        using var second = await hub.SubscribeAsync("/events/a", $"Authorization: Bearer {theirs}\r\n");
        while (hub.Core.Subscribers < 2) await Task.Yield();
        (await TokenDoorTests.GetAsync(hub, "/events/a?refusal=status", theirs)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);

        // The clock stands still, and two seconds' worth is saved up.
        var publisher = Of(Keyring.Issuer, Keyring.PublishSecret, "alice");
        foreach (var status in new[] { HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests })
            (await TokenDoorTests.PostAsync(hub, "/events/a", publisher)).StatusCode.ShouldBe(status);
        (await TokenDoorTests.PostAsync(hub, "/events/a", Of(OtherIssuer, OtherSecret, "alice"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static IssuerOptions WithKey()
    {
        var issuer = new IssuerOptions();
        issuer.Publish.Keys.Add(OtherSecret);
        issuer.Subscribe.Keys.Add(OtherSecret);
        return issuer;
    }

    private static async Task PublishAsync(TestHub hub, string body, string token, HttpStatusCode status, bool isRepeat)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/a") { Content = new StringContent(body) };
        request.Headers.Add("Authorization", $"Bearer {token}");
        request.Headers.Add("Idempotency-Key", "order-1");
        using var answer = await hub.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(status);
        answer.Headers.Contains("Idempotent-Replayed").ShouldBe(isRepeat);
    }

    private static string Of(string issuer, string secret, string subject, string id = "first", string action = "publish")
    {
        var detail = new JsonObject
        {
            ["type"] = "https://mercure.rocks/authorization-detail", ["actions"] = new JsonArray(action), ["topics"] = new JsonArray(new JsonObject { ["match"] = "*" }),
        };
        var claims = Keyring.V1Claims(new JsonArray(detail));
        (claims["iss"], claims["sub"], claims["jti"]) = (issuer, subject, id);
        return Keyring.Sign(secret, claims);
    }

    private static string LegacyOf(string subject) => Keyring.Sign(
        Keyring.PublishSecret, new JsonObject { ["mercure"] = new JsonObject { ["publish"] = new JsonArray("*") }, ["sub"] = subject }, "JWT");
}
