using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Siar.Auth;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Tokens;

/// <summary>Keys that an issuer publishes at an address.</summary>
public sealed class KeyAddressTests
{
    private const string Issuer = "https://login.example";
    private const string Address = "https://login.example/jwks.json";

    [Fact]
    public async Task Keys_are_fetched_once_and_told_of_as_a_server_of_tokens()
    {
        using var rsa = RSA.Create(2_048);
        using var server = new KeyServer(() => SetOf(rsa));
        await using var hub = await StartAsync(server);
        var token = new TokenMinter(SigningKey.FromPem(rsa.ExportPkcs8PrivateKeyPem(), "PS256", "one"), TimeProvider.System)
            .Mint(new TokenRequest { Issuer = Issuer, Audience = Keyring.Resource, Lifetime = TimeSpan.FromHours(1), Publish = MatcherSet.OfTopics(Topic.Parse("a")) });
        for (var i = 0; i < 3; i++) (await TokenDoorTests.PostAsync(hub, "/events/a", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await TokenDoorTests.PostAsync(hub, "/events/b", token)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        server.Asked.ShouldBe(1);
        using var metadata = JsonDocument.Parse(await hub.Client.GetStringAsync("/.well-known/oauth-protected-resource/.well-known/mercure"));
        metadata.RootElement.GetProperty("authorization_servers").EnumerateArray().Select(s => s.GetString()).ShouldBe([Issuer]);
    }

    [Fact]
    public async Task Without_the_keys_nobody_is_told_that_their_token_is_wrong()
    {
        using var server = new KeyServer(() => throw new HttpRequestException("The address does not answer."));
        await using var hub = await StartAsync(server);
        var claims = Keyring.V1Claims([]);
        claims["iss"] = Issuer;
        using var answer = await TokenDoorTests.PostAsync(hub, "/events/a", Keyring.Sign("whatever", claims));
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    private static Task<TestHub> StartAsync(KeyServer server) => TestHub.StartAsync(Keyring.Setup(t =>
    {
        t.TrustedIssuers[Issuer] = new() { Publish = { Url = Address } };
        t.KeyHandler = server;
    }));

    private static string SetOf(RSA rsa)
    {
        var key = rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA", ["kid"] = "one",
                ["n"] = System.Buffers.Text.Base64Url.EncodeToString(key.Modulus), ["e"] = System.Buffers.Text.Base64Url.EncodeToString(key.Exponent),
            }),
        }.ToJsonString();
    }

    private sealed class KeyServer(Func<string> answer) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            request.RequestUri!.ToString().ShouldBe(Address);
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent(answer()) });
        }
    }
}
