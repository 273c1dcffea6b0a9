using Siar.Hub;

namespace Siar.Storage.Contract;

/// <summary>That a log keeps who is refused, as a hub that starts over it finds out.</summary>
public abstract class RevocationContractTests(LogFixture fixture) : LogContract(fixture)
{
    protected override RetentionLimits Limits => new(3, null, null);

    // As the hub's own, but that nearly all are kept for their key alone.
    protected override RetentionClass[] Classes => [RevocationFact.Class with { Limits = RevocationFact.Class.Limits with { MaxCount = 2 } }];

    [Fact]
    public async Task Who_is_refused_is_known_to_a_hub_that_starts_whatever_else_was_trimmed()
    {
        var now = Fixture.Time.GetUtcNow();
        CallerFilter[] filters = [CallerFilter.User("alice"), CallerFilter.User("alice", "issuer"), CallerFilter.Token("jti"), CallerFilter.Claim("role", "trader"), CallerFilter.User("bob")];
        await using (var hub = Start())
        {
            foreach (var filter in filters) await hub.RevokeAsync(filter, now.AddHours(1), TestContext.Current.CancellationToken);
            (await hub.LiftRevocationAsync(filters[1], TestContext.Current.CancellationToken)).ShouldBeTrue();
            await hub.RevokeAsync(filters[2], now.AddHours(2), TestContext.Current.CancellationToken);
            for (var i = 0; i < 10; i++) await hub.PublishAsync("a", $"{i}", TestContext.Current.CancellationToken);
        }

        await Fixture.SettleAsync(Log);
        if (Fixture.IsDurable) await ReopenAsync();
        await using var next = Start();
        await next.Revocations.Loaded.WaitAsync(TestContext.Current.CancellationToken);
        next.Revocations.InForce.OrderBy(r => r.Callers.ToString()).ShouldBe(
        [
            new(filters[3], now.AddHours(1)), new(filters[2], now.AddHours(2)), new(filters[0], now.AddHours(1)), new(filters[4], now.AddHours(1)),
        ]);

        // It is in force before the first reader is let in, and the next word counts behind it.
        var refused = await Should.ThrowAsync<SubscriptionEndedException>(async () =>
        {
            await foreach (var _ in next.SubscribeAsync(new SubscribeRequest { Matchers = Topics("a"), Reader = CallerIdentity.OfApplication("alice"), Start = Cursor.Earliest }, TestContext.Current.CancellationToken))
            {
            }
        });
        refused.Reason.ShouldBe(EndReason.Revoked);
        (await next.LiftRevocationAsync(filters[0], TestContext.Current.CancellationToken)).ShouldBeTrue();
        next.Revocations.InForce.Count().ShouldBe(3);
    }

    private EventHub Start()
    {
        var hub = new EventHub(Log, new HubOptions { Lanes = 1 }, Fixture.Time);
        hub.Start();
        return hub;
    }
}
