using Siar.Auth.Tests.Support;
using Siar.TestKit;

namespace Siar.Auth.Tests.Keys;

public sealed class JwksEndpointTests : IDisposable
{
    private static readonly Signer Old = Signer.Stranger("ES256");
    private static readonly Signer New = Signer.For("ES256");

    private readonly ManualTimeProvider _clock = new();
    private readonly KeyServer _server = new() { Set = Jwk.Set(Jwk.Of(Old, "old")) };
    private readonly HttpClient _http;
    private readonly JwksEndpointOptions _options = new() { Url = new Uri("https://issuer.example/keys") };

    public JwksEndpointTests() => _http = new HttpClient(_server);

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Keys_are_fetched_when_first_needed_and_once()
    {
        var validator = Validator();
        _server.Requests.ShouldBe(0);
        for (var i = 0; i < 3; i++) (await Check(validator, Old, "old")).Failure.ShouldBeNull();
        _server.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task Renewed_keys_are_fetched_at_once_and_a_key_that_is_gone_is_trusted_no_more()
    {
        var validator = Validator();
        await validator.RenewKeysAsync(TestContext.Current.CancellationToken);
        _server.Requests.ShouldBe(0);
        var admission = (await Check(validator, Old, "old")).Grant!.Admission!;

        await validator.RenewKeysAsync(TestContext.Current.CancellationToken);
        validator.Trusts(admission).ShouldBeTrue();
        _server.Set = Jwk.Set(Jwk.Of(New, "new"));
        await validator.RenewKeysAsync(TestContext.Current.CancellationToken);

        _server.Requests.ShouldBe(3);
        validator.Trusts(admission).ShouldBeFalse();
        _server.Set = null;
        await validator.RenewKeysAsync(TestContext.Current.CancellationToken);
        (await Check(validator, New, "new")).Failure.ShouldBeNull();
        // Another validator that has not needed them yet knows nothing against it.
        Validator().Trusts(admission).ShouldBeTrue();
    }

    [Fact]
    public async Task Many_who_ask_at_once_wait_for_one_request()
    {
        var validator = Validator();
        _server.Close();
        var checks = Enumerable.Range(0, 50).Select(_ => Check(validator, Old, "old")).ToList();
        _server.Open();
        foreach (var result in await Task.WhenAll(checks)) result.Failure.ShouldBeNull();
        _server.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_new_key_is_found_at_once_when_a_token_names_it()
    {
        var validator = Validator();
        await Check(validator, Old, "old");
        _server.Set = Jwk.Set(Jwk.Of(Old, "old"), Jwk.Of(New, "new"));
        _clock.Advance(_options.MinInterval);
        (await Check(validator, New, "new")).Failure.ShouldBeNull();
        _server.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task A_new_key_is_found_also_where_nobody_names_keys()
    {
        var validator = Validator();
        _server.Set = Jwk.Set(Jwk.Of(Old));
        await Check(validator, Old, null);
        _server.Set = Jwk.Set(Jwk.Of(New));
        _clock.Advance(_options.MinInterval);
        (await Check(validator, New, null)).Failure.ShouldBeNull();
        (await Check(validator, Old, null)).Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Fact]
    public async Task A_stranger_cannot_turn_tokens_into_requests()
    {
        var validator = Validator();
        await Check(validator, Old, "old");
        for (var i = 0; i < 20; i++)
        {
            (await Check(validator, New, $"made up {i}")).Kind().ShouldBe(TokenFailureKind.Untrusted);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _server.Requests.ShouldBe(1);
        _clock.Advance(_options.MinInterval);
        await Check(validator, New, "made up");
        await Check(validator, New, "made up too");
        _server.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task Whoever_comes_late_with_old_keys_gets_the_new_ones_that_another_has_fetched()
    {
        var source = Source();
        var old = await source.GetAsync(TestContext.Current.CancellationToken);
        _server.Set = Jwk.Set(Jwk.Of(New, "new"));
        _clock.Advance(_options.MinInterval);
        await source.RefreshAsync(old, TestContext.Current.CancellationToken);
        (await source.RefreshAsync(old, TestContext.Current.CancellationToken)).Knows("new").ShouldBeTrue();
        _server.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task A_bad_signature_under_a_known_name_asks_nobody()
    {
        var validator = Validator();
        await Check(validator, Old, "old");
        _clock.Advance(_options.MinInterval);
        (await Check(validator, New, "old")).Kind().ShouldBe(TokenFailureKind.Untrusted);
        _server.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task Old_keys_serve_while_newer_ones_are_fetched()
    {
        var source = Source();
        var first = await source.GetAsync(TestContext.Current.CancellationToken);
        _server.Set = Jwk.Set(Jwk.Of(New, "new"));
        _server.Close();
        _clock.Advance(_options.RefreshInterval);

        (await source.GetAsync(TestContext.Current.CancellationToken)).ShouldBe(first);
        await _server.AskedAsync();
        await _server.AskedAsync();

        var refreshed = source.RefreshAsync(first, TestContext.Current.CancellationToken);
        _server.Open();
        (await refreshed).Knows("new").ShouldBeTrue();
        (await source.GetAsync(TestContext.Current.CancellationToken)).Knows("old").ShouldBeFalse();
        _server.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task While_the_issuer_is_away_requests_come_ever_more_slowly_and_the_failure_says_so()
    {
        _server.Set = null;
        var validator = Validator();
        var waits = new List<int>();
        var waited = 0;
        for (var second = 0; second < 2000; second++)
        {
            var before = _server.Requests;
            var result = await Check(validator, Old, "old");
            result.Kind().ShouldBe(TokenFailureKind.KeysUnavailable);
            result.Failure!.Reason.ShouldContain("503");
            if (_server.Requests > before && second > 0)
            {
                waits.Add(waited);
                waited = 0;
            }

            waited++;
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        waits.ShouldBe([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]);
    }

    [Fact]
    public async Task A_failed_refresh_leaves_the_old_keys_until_they_are_too_old()
    {
        var source = Source();
        var validator = Validator(source);
        await Check(validator, Old, "old");
        _server.Set = null;

        _clock.Advance(_options.RefreshInterval);
        await source.RefreshAsync(await source.GetAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        source.Status.LastError!.ShouldContain("503");
        source.Status.Keys.ShouldBe(1);
        (await Check(validator, Old, "old")).Failure.ShouldBeNull();

        _clock.Advance(_options.MaxAge);
        (await Check(validator, Old, "old")).Kind().ShouldBe(TokenFailureKind.KeysUnavailable);

        _server.Set = Jwk.Set(Jwk.Of(Old, "old"));
        _clock.Advance(_options.RefreshInterval);
        (await Check(validator, Old, "old")).Failure.ShouldBeNull();
        source.Status.LastError.ShouldBeNull();
    }

    [Fact]
    public async Task A_slow_answer_is_given_up()
    {
        _server.Close();
        var validator = Validator();
        var check = Check(validator, Old, "old");
        await _server.AskedAsync();
        _clock.Advance(_options.Timeout);
        var result = await check;
        result.Kind().ShouldBe(TokenFailureKind.KeysUnavailable);
        result.Failure!.Reason.ShouldContain("00:00:10");
    }

    [Fact]
    public async Task Whoever_stops_waiting_stops_nobody_else()
    {
        _server.Close();
        var source = Source();
        using var impatient = new CancellationTokenSource();
        var first = source.GetAsync(impatient.Token);
        var second = source.GetAsync(TestContext.Current.CancellationToken);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await first);
        _server.Open();
        (await second).Knows("old").ShouldBeTrue();
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"keys":[]}""")]
    public async Task An_answer_without_keys_does_not_replace_keys(string answer)
    {
        var source = Source();
        var validator = Validator(source);
        await Check(validator, Old, "old");
        _server.Set = answer;
        _clock.Advance(_options.MinInterval);
        await Check(validator, New, "new");
        source.Status.LastError.ShouldNotBeNull();
        (await Check(validator, Old, "old")).Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_huge_answer_is_not_read()
    {
        _server.Set = Jwk.Set(Jwk.Of(Old, new string('x', 2 * 1024 * 1024)));
        var result = await Check(Validator(), Old, "old");
        result.Kind().ShouldBe(TokenFailureKind.KeysUnavailable);
        result.Failure!.Reason.ShouldContain("1048576");
    }

    [Fact]
    public async Task Secrets_are_never_taken_from_an_address()
    {
        var secret = Signer.For("HS256");
        _server.Set = Jwk.Set(Jwk.Of(secret, "secret"), Jwk.Of(Old, "old"));
        (await Check(Validator(), secret, "secret")).Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Theory]
    [InlineData("https://issuer.example/keys", true)]
    [InlineData("http://127.0.0.1:8080/keys", true)]
    [InlineData("http://localhost/keys", true)]
    [InlineData("http://issuer.example/keys", false)]
    [InlineData("ftp://issuer.example/keys", false)]
    [InlineData("/keys", false)]
    public void The_address_is_one_that_nobody_on_the_way_can_answer_for(string url, bool good)
    {
        var make = () => new JwksEndpoint(new JwksEndpointOptions { Url = new Uri(url, UriKind.RelativeOrAbsolute) }, _http, _clock);
        if (good) make().Status.Keys.ShouldBe(0);
        else Should.Throw<ArgumentException>(make).Message.ShouldContain("https");
    }

    private JwksEndpoint Source() => new(_options, _http, _clock);

    private TokenValidator Validator(KeySource? source = null) =>
        Example.Validator(_clock, options => options.Issuers[Example.Issuer] = RoleKeys.Both(source ?? Source()));

    // The clock moves far, so the token's end is far.
    private static Task<TokenResult> Check(TokenValidator validator, Signer signer, string? kid)
    {
        var claims = Example.V1Claims();
        claims["exp"] = 4102444800;
        return validator.Check(Jws.Make(signer, claims, kid: kid));
    }
}
