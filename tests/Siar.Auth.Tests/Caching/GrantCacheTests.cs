using Siar.Auth.Tests.Support;
using Siar.TestKit;

namespace Siar.Auth.Tests.Caching;

public class GrantCacheTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly CountingKeys _keys = new(VerificationKey.FromSecret("subscriber"u8));

    [Fact]
    public async Task A_token_is_checked_once_and_its_grant_is_shared()
    {
        var cache = Cache();
        var token = Token("alice");
        var first = await Check(cache, token);
        var second = await Check(cache, token);
        first.Succeeded.ShouldBeTrue();
        second.Grant.ShouldBeSameAs(first.Grant);
        _keys.Asked.ShouldBe(1);
        cache.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Another_token_role_or_audience_is_another_question()
    {
        var cache = Cache();
        var token = Token("alice");
        await Check(cache, token);
        (await Check(cache, Token("bob"))).Grant!.Subject.ShouldBe("bob");
        (await cache.ValidateAsync(token, TokenRole.Publish, Example.Audience, Stop)).Grant!.Subscribe.Matchers.ShouldBeEmpty();
        (await cache.ValidateAsync(token, TokenRole.Subscribe, "https://other.example", Stop)).Succeeded.ShouldBeFalse();
        _keys.Asked.ShouldBe(4);
    }

    [Fact]
    public async Task A_grant_is_forgotten_when_the_token_ends()
    {
        var cache = Cache(maxAge: TimeSpan.FromHours(1));
        var token = Token("alice", lifetime: TimeSpan.FromMinutes(10));
        await Check(cache, token);
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        (await Check(cache, token)).Succeeded.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromTicks(1));
        (await Check(cache, token)).Kind().ShouldBe(TokenFailureKind.Expired);
        cache.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_grant_is_looked_at_again_after_a_while_for_its_key_may_be_gone()
    {
        var cache = Cache(maxAge: TimeSpan.FromMinutes(5));
        var token = Token("alice");
        await Check(cache, token);
        _keys.Current = VerificationKey.FromSecret("another"u8);
        _clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        (await Check(cache, token)).Succeeded.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromTicks(1));
        (await Check(cache, token)).Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Fact]
    public async Task Refusals_are_not_remembered()
    {
        var cache = Cache();
        var token = Token("alice");
        _keys.Current = VerificationKey.FromSecret("another"u8);
        (await Check(cache, token)).Succeeded.ShouldBeFalse();
        cache.Count.ShouldBe(0);
        _keys.Current = VerificationKey.FromSecret("subscriber"u8);
        (await Check(cache, token)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task The_one_used_longest_ago_goes_first()
    {
        var cache = Cache(maxGrants: 2);
        await Check(cache, Token("a"));
        await Check(cache, Token("b"));
        await Check(cache, Token("a"));
        await Check(cache, Token("c"));
        _keys.Asked.ShouldBe(3);
        cache.Count.ShouldBe(2);

        await Check(cache, Token("a"));
        await Check(cache, Token("c"));
        _keys.Asked.ShouldBe(3);
        await Check(cache, Token("b"));
        _keys.Asked.ShouldBe(4);
    }

    [Fact]
    public async Task Large_grants_count_for_what_they_are()
    {
        var large = await SizeOf(Token("a", matchers: 6));
        var small = await SizeOf(Token("b", matchers: 4));
        var cache = Cache(maxBytes: large + small);
        await Check(cache, Token("a", matchers: 6));
        await Check(cache, Token("b", matchers: 4));
        cache.Count.ShouldBe(2);
        await Check(cache, Token("c", matchers: 1));
        cache.Count.ShouldBe(2);
        (await Check(cache, Token("d", matchers: 30))).Succeeded.ShouldBeTrue();
        cache.Count.ShouldBe(0);
        await Check(cache, Token("e", matchers: 6));
        cache.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_pattern_counts_for_more_than_a_topic()
    {
        var claims = Example.V0Claims();
        claims["mercure"]!["subscribe"]![0] = "/books/{id}";
        (await SizeOf(Jws.Make(Example.Subscriber, claims))).ShouldBeGreaterThan(await SizeOf(Token("a", matchers: 20)));
    }

    [Fact]
    public async Task A_token_that_two_bring_at_once_counts_once()
    {
        var token = Token("a", matchers: 6);
        var cache = Cache(maxBytes: await SizeOf(token) + await SizeOf(Token("b", matchers: 4)));
        _keys.Gate = new TaskCompletionSource();
        var both = new[] { Check(cache, token), Check(cache, token) };
        _keys.Gate.SetResult();
        await Task.WhenAll(both);
        _keys.Asked.ShouldBe(2);
        cache.Count.ShouldBe(1);

        await Check(cache, Token("b", matchers: 4));
        cache.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Many_threads_may_ask_at_once()
    {
        var cache = Cache(maxGrants: 5);
        var tokens = Enumerable.Range(0, 20).Select(i => Token($"{i}")).ToArray();
        await Parallel.ForAsync(0, 2000, Stop, async (i, _) => (await Check(cache, tokens[i % 20])).Grant!.Subject.ShouldBe($"{i % 20}"));
        cache.Count.ShouldBe(5);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<TokenResult> Check(GrantCache cache, string token) => await cache.ValidateAsync(token, TokenRole.Subscribe, Example.Audience, Stop);

    private static async Task<long> SizeOf(string token) => GrantCache.SizeOf((await Example.Validator().Check(token)).Grant!);

    private static string Token(string subject, TimeSpan? lifetime = null, int matchers = 1)
    {
        var claims = Example.V1Claims(Example.Detail("subscribe", [.. Enumerable.Range(0, matchers).Select(i => $"topic {i}")]));
        claims["sub"] = subject;
        claims["exp"] = (Example.Clock.GetUtcNow() + (lifetime ?? TimeSpan.FromDays(1))).ToUnixTimeSeconds();
        return Jws.Make(Example.Subscriber, claims);
    }

    private GrantCache Cache(int maxGrants = 100, long maxBytes = 1024 * 1024, TimeSpan? maxAge = null) => new(
        Example.Validator(_clock, options => options.Issuers[Example.Issuer] = RoleKeys.Both(_keys)),
        new GrantCacheOptions { MaxGrants = maxGrants, MaxBytes = maxBytes, MaxAge = maxAge ?? TimeSpan.FromMinutes(5) },
        _clock);

    private sealed class CountingKeys(VerificationKey key) : KeySource
    {
        private int _asked;

        public VerificationKey Current { get; set; } = key;

        public int Asked => _asked;

        /// <summary>Holds every answer back; null holds nothing.</summary>
        public TaskCompletionSource? Gate { get; set; }

        internal override KeySet? Known => null;

        internal override ValueTask RenewAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        internal override async ValueTask<KeySet> GetAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            if (Gate is { } gate) await gate.Task;
            return new KeySet([Current]);
        }

        internal override ValueTask<KeySet> RefreshAsync(KeySet seen, CancellationToken cancellationToken) => new(seen);
    }
}
