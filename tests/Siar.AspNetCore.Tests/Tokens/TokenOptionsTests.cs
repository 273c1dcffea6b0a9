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
            t.Subscribe.Keys.Add("a secret of the usual length, or a little more");
            t.Subscribe.Algorithms.Add("RS256");
        },
        "Tokens.Subscribe: The algorithm RS256 does not fit an HMAC secret");

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("fifteen bytes!!", 15)]
    public async Task A_secret_that_can_be_found_by_trying(string secret, int bytes)
    {
        var sentence = $" has a secret of {bytes} bytes, which can be found by trying: give at least 32 random bytes for HS256 (RFC 7518, 3.2)";
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, secret + "\n");
        await ShouldStopAsync(t => t.Publish.Keys.Add(secret), "Tokens.Publish" + sentence);
        await ShouldStopAsync(t => t.Subscribe.Files.Add(file), "Tokens.Subscribe" + sentence);
        await ShouldStopAsync(t => t.TrustedIssuers["x"] = new() { Publish = { Keys = { secret } } }, "Tokens.TrustedIssuers['x'].Publish" + sentence);
        File.Delete(file);
    }

    [Theory]
    [InlineData("Production", "sixteen bytes!!!", "HS256", "Tokens.Publish has a secret of 16 bytes")]
    [InlineData("Production", "thirty-two bytes are just enough", "HS256", null)]
    [InlineData("Production", "thirty-two bytes are just enough", "HS512", "give at least 64 random bytes for HS512")]
    [InlineData("Development", "abc", "HS256", "Tokens.Publish has a secret of 3 bytes")]
    public async Task A_short_secret_is_warned_of(string environment, string secret, string algorithm, string? warning)
    {
        var warnings = new RecordedWarnings();
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Environment = environment,
            Services = s => s.AddSingleton<ILoggerProvider>(warnings),
            Siar = s => s.UseTokens(t =>
            {
                t.Publish.Keys.Add(secret);
                t.Publish.Algorithms.Add(algorithm);
            }),
        });

        if (warning is null) warnings.Sentences.ShouldBeEmpty();
        else warnings.Sentences.ShouldHaveSingleItem().ShouldContain(warning);
    }

    [Fact]
    public Task A_file_that_is_not_there() => ShouldStopAsync(t => t.TrustedIssuers["x"] = new() { Publish = { Files = { "/nowhere/key.pem" } } }, "Tokens.TrustedIssuers['x'].Publish: Could not find");

    [Fact]
    public Task An_address_on_plain_http() => ShouldStopAsync(t => t.Publish.Url = "http://login.example/keys", "Tokens.Publish: The address of the keys");

    [Fact]
    public Task An_address_and_a_key() => ShouldStopAsync(
        t =>
        {
            t.Publish.Url = "https://login.example/keys";
            t.Publish.Keys.Add("a secret of the usual length, or a little more");
        },
        "Tokens.Publish has an address of keys, and keys");

    [Fact]
    public Task An_origin_with_a_path() => ShouldStopAsync(
        t =>
        {
            t.Publish.Keys.Add("a secret of the usual length, or a little more");
            t.PublishOrigins.Add("https://app.example/");
        },
        "Tokens.PublishOrigins has 'https://app.example/', which is no origin");

    [Fact]
    public Task A_cookie_that_can_have_no_such_name() => ShouldStopAsync(
        t =>
        {
            t.Publish.Keys.Add("a secret of the usual length, or a little more");
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

    /// <summary>Keeps the warnings about tokens.</summary>
    private sealed class RecordedWarnings : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _sentences = new();
        private bool _isOn;

        public IReadOnlyCollection<string> Sentences => _sentences;

        public ILogger CreateLogger(string categoryName) => new RecordedWarnings(_sentences) { _isOn = categoryName.EndsWith("TokenAuthority", StringComparison.Ordinal) };

        public RecordedWarnings()
        {
        }

        private RecordedWarnings(System.Collections.Concurrent.ConcurrentQueue<string> sentences) => _sentences = sentences;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => _isOn && logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) _sentences.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
