using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Contract;

/// <summary>That a revocation at one hub of a shared log holds at all of them.</summary>
public abstract class SharedRevocationContractTests(SharedLogFixture fixture) : IAsyncLifetime
{
    private static readonly RetentionPlan Plan = RetentionPlan.Of(new HubOptions());
    private static readonly CallerFilter Alice = CallerFilter.User("alice");
    private IEventLog _a = null!;
    private IEventLog _b = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _a = await fixture.OpenAsync(Plan);
        _b = await fixture.OpenOtherAsync(_a, Plan);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _b.DisposeAsync();
        await _a.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task A_reader_at_one_hub_is_ended_by_a_word_at_another_and_refused_until_it_is_lifted_there()
    {
        await using var a = Start(_a);
        await using var b = Start(_b);
        var other = await AttachAsync(b, "bob");
        var reader = await AttachAsync(b, "alice");
        await a.DisconnectAsync(Alice, Token);
        (await reader.Ended).ShouldBe(EndReason.Requested);

        // It may come back, and is refused only then.
        reader = await AttachAsync(b, "alice");
        await a.RevokeAsync(Alice, fixture.Time.GetUtcNow().AddHours(1), Token);
        (await reader.Ended).ShouldBe(EndReason.Revoked);
        b.Revocations.InForce.ShouldHaveSingleItem().Callers.ShouldBe(Alice);
        (await (await AttachAsync(b, "alice")).Ended).ShouldBe(EndReason.Revoked);

        // A hub that starts later finds it, and what it says holds at those that were there before.
        await using var log = await fixture.OpenOtherAsync(_a, Plan);
        await using var c = Start(log);
        (await (await AttachAsync(c, "alice")).Ended).ShouldBe(EndReason.Revoked);
        (await c.LiftRevocationAsync(Alice, Token)).ShouldBeTrue();
        while (b.Revocations.InForce.Any()) await Task.Yield();
        reader = await AttachAsync(b, "alice");
        await c.DisconnectAsync(CallerFilter.User("bob"), Token);
        (await other.Ended).ShouldBe(EndReason.Requested);
        reader.Ended.IsCompleted.ShouldBeFalse();
    }

    private EventHub Start(IEventLog log)
    {
        var hub = new EventHub(log, new HubOptions { Lanes = 1 }, fixture.Time);
        hub.Start();
        return hub;
    }

    private static ValueTask<Subscriber> AttachAsync(EventHub hub, string name)
    {
        var reader = CallerIdentity.OfApplication(name);
        return hub.AttachAsync(new SubscribeRequest { Matchers = MatcherSet.All, Reader = reader, Marks = CallerMarks.Of(reader) }, new DeliveryOutlet(), Token);
    }
}
