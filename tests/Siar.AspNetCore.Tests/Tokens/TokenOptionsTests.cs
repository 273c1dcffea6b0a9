using Microsoft.Extensions.Options;

namespace Siar.AspNetCore.Tests.Tokens;

/// <summary>What is wrong with keys and issuers stops the start, with a sentence that names it.</summary>
public sealed class TokenOptionsTests
{
    [Fact]
    public Task No_key_at_all() => ShouldStopAsync(static _ => { }, "There is no key: ");

    [Fact]
    public Task A_private_key() => ShouldStopAsync(t => t.Publish.Keys.Add("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"), "Tokens.Publish: The PEM text holds a private key");

    [Fact]
    public Task An_algorithm_that_does_not_fit() => ShouldStopAsync(
        t =>
        {
            t.Subscribe.Keys.Add("a secret");
            t.Subscribe.Algorithms.Add("RS256");
        },
        "Tokens.Subscribe: The algorithm RS256 does not fit an HMAC secret");

    [Fact]
    public Task A_file_that_is_not_there() => ShouldStopAsync(t => t.TrustedIssuers["x"] = new() { Publish = { Files = { "/nowhere/key.pem" } } }, "Tokens.TrustedIssuers['x'].Publish: Could not find");

    [Fact]
    public Task An_address_on_plain_http() => ShouldStopAsync(t => t.Publish.Url = "http://login.example/keys", "Tokens.Publish: The address of the keys");

    [Fact]
    public Task An_address_and_a_key() => ShouldStopAsync(
        t =>
        {
            t.Publish.Url = "https://login.example/keys";
            t.Publish.Keys.Add("a secret");
        },
        "Tokens.Publish has an address of keys, and keys");

    [Fact]
    public Task An_origin_with_a_path() => ShouldStopAsync(
        t =>
        {
            t.Publish.Keys.Add("a secret");
            t.PublishOrigins.Add("https://app.example/");
        },
        "Tokens.PublishOrigins has 'https://app.example/', which is no origin");

    [Fact]
    public Task A_cookie_that_can_have_no_such_name() => ShouldStopAsync(
        t =>
        {
            t.Publish.Keys.Add("a secret");
            t.CookieName = "a b";
        },
        "CookieName");

    [Theory]
    [InlineData("hub")]
    [InlineData("https://hub.example")]
    [InlineData("https://hub.example/")]
    [InlineData("https://hub.example/hub/")]
    [InlineData("https://hub.example/hub?x")]
    [InlineData("https://hub.example/hub#x")]
    [InlineData("ftp://hub.example/hub")]
    public async Task A_resource_that_is_no_whole_url(string resource)
    {
        var failure = await Should.ThrowAsync<OptionsValidationException>(async () => await (await TestHub.StartAsync(o => o.Resource = resource)).DisposeAsync());
        failure.Message.ShouldContain($"Resource is '{resource}'");
    }

    [Fact]
    public async Task Without_a_name_the_hub_is_where_it_listens()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Environment = "Production", Siar = s => s.UseTokens(Keyring.Trust) });
        var metadata = await hub.Client.GetStringAsync("/.well-known/oauth-protected-resource/.well-known/mercure");
        metadata.ShouldContain($"\"resource\":\"{hub.Address.GetLeftPart(UriPartial.Authority)}/.well-known/mercure\"");
    }

    private static async Task ShouldStopAsync(Action<TokenOptions> tokens, string sentence)
    {
        var setup = new TestHubSetup { Environment = "Production", Siar = s => s.UseTokens(tokens) };
        var failure = await Should.ThrowAsync<OptionsValidationException>(async () => await (await TestHub.StartAsync(setup)).DisposeAsync());
        string.Join(' ', failure.Failures).ShouldContain(sentence);
    }
}
