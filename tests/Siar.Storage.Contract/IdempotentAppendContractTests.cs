using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Contract;

public abstract class IdempotentAppendContractTests(LogFixture fixture) : LogContract(fixture)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    protected override RetentionLimits Limits => new(4, null, null);

    protected override int IdempotencyKeys => 5;

    [Fact]
    public async Task The_same_key_is_answered_as_the_first_time_and_nothing_is_appended()
    {
        var first = await AppendAsync(Keyed("k", Content("a", "1", "own"), Content("b", "2")));
        Fixture.Time.Advance(TimeSpan.FromMinutes(1));
        var second = await AppendAsync(Keyed("k", Content("a", "1", "own"), Content("b", "2")));

        first.IsRepeat.ShouldBeFalse();
        second.IsRepeat.ShouldBeTrue();
        second.Events.Length.ShouldBe(2);
        for (var i = 0; i < 2; i++) ShouldBeSame(second.Events[i], first.Events[i]);
        (await ReadAllAsync(MatcherSet.All)).Count.ShouldBe(2);
        Log.Head.ShouldBe(first.Events[^1].Position);
    }

    [Fact]
    public async Task The_same_key_twice_in_one_batch_is_one_append()
    {
        var batch = await Log.AppendAsync([Keyed("k", Content("a")), Keyed("k", Content("a")), Keyed("k", Content("b"))]);
        batch[0].IsRepeat.ShouldBeFalse();
        batch[1].IsRepeat.ShouldBeTrue();
        batch[1].Events[0].Position.ShouldBe(batch[0].Events[0].Position);
        batch[2].Refusal.ShouldBe(PublishRefusal.KeyReused);
        (await ReadAllAsync(MatcherSet.All)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_key_with_other_events_is_refused_and_the_rest_of_the_batch_is_kept()
    {
        await AppendAsync(Keyed("k", Content("a", "1")));
        var batch = await Log.AppendAsync([Keyed("k", Content("a", "2")), One(Content("a", "3"))]);
        batch[0].Refusal.ShouldBe(PublishRefusal.KeyReused);
        batch[0].Events.ShouldBeEmpty();
        batch[1].Refusal.ShouldBeNull();
        (await ReadAllAsync(MatcherSet.All)).Select(e => e.Content.GetText()).ShouldBe(["1", "3"]);
    }

    [Fact]
    public async Task The_same_key_of_somebody_else_is_another()
    {
        await AppendAsync(Keyed("k", Content("a", "1")));
        (await AppendAsync(Keyed("k", Content("a", "2")) with { Idempotency = Key("k", 2) with { Scope = "else" } })).Refusal.ShouldBeNull();
        (await ReadAllAsync(MatcherSet.All)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_is_forgotten_when_its_time_is_over_and_not_before()
    {
        await AppendAsync(Keyed("k", Content("a")));
        Fixture.Time.Advance(Lifetime - TimeSpan.FromSeconds(1));
        await Fixture.SettleAsync(Log);
        (await AppendAsync(Keyed("k", Content("a")))).IsRepeat.ShouldBeTrue();

        Fixture.Time.Advance(TimeSpan.FromSeconds(1));
        (await AppendAsync(Keyed("k", Content("a")))).IsRepeat.ShouldBeFalse();
        await Fixture.SettleAsync(Log);
        (await AppendAsync(Keyed("k", Content("a")))).IsRepeat.ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_outlives_its_events()
    {
        var first = await AppendAsync(Keyed("k", Content("a", "x", "own")));
        for (var i = 0; i < 10; i++) await AppendAsync(Content("a"));
        await Fixture.SettleAsync(Log);
        var second = await AppendAsync(Keyed("k", Content("a", "x", "own")));
        second.IsRepeat.ShouldBeTrue();
        ShouldBeSame(second.Events[0], first.Events[0]);
    }

    [Fact]
    public async Task Of_too_many_keys_the_oldest_are_forgotten()
    {
        for (var i = 0; i < 9; i++) await AppendAsync(Keyed($"k{i}", Content("a")));
        await Fixture.SettleAsync(Log);
        (await AppendAsync(Keyed("k4", Content("a")))).IsRepeat.ShouldBeTrue();
        (await AppendAsync(Keyed("k3", Content("a")))).IsRepeat.ShouldBeFalse();
    }

    [Fact]
    public async Task A_key_is_known_after_a_restart()
    {
        if (!Fixture.IsDurable) return;
        var first = await AppendAsync(Keyed("k", Content("a", "1"), Content("a", "2")));
        await ReopenAsync();
        var second = await AppendAsync(Keyed("k", Content("a", "1"), Content("a", "2")));
        second.IsRepeat.ShouldBeTrue();
        for (var i = 0; i < 2; i++) ShouldBeSame(second.Events[i], first.Events[i]);
        (await AppendAsync(Keyed("k", Content("a", "3")))).Refusal.ShouldBe(PublishRefusal.KeyReused);
    }

    private static Append Keyed(string key, params Event[] events) => new([.. events])
    {
        // Any number that is another for other texts will do.
        Idempotency = Key(key, (UInt128)string.Concat(events.Select(e => $"{e.Topics[0]} {e.GetText()}")).Sum(c => c)),
    };

    private static IdempotencyKey Key(string key, UInt128 fingerprint) => new("scope", key, fingerprint, Lifetime);
}
