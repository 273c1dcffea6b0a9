using Siar.Topics;

namespace Siar.Hub.Tests;

/// <summary>A subscription in the hub's own process lives until its token or the hub ends, and otherwise says why it ended.</summary>
public sealed class InProcessTests
{
    private static readonly SubscribeRequest Everything = new() { Matchers = MatcherSet.All };

    [Fact]
    public async Task It_outlives_the_longest_life_of_a_connection()
    {
        var core = new TestCore(o => o.MaxLifetime = TimeSpan.FromHours(1));
        var subscriber = await core.AttachAsync(Everything, new DeliveryOutlet());
        await core.AdvanceAsync(3_700);
        await core.AdvanceAsync(100_000);
        subscriber.Ended.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task It_is_not_ended_because_its_reader_is_busy_for_longer_than_a_peer_may_be()
    {
        var core = new TestCore(o => o.WriteDeadline = TimeSpan.FromSeconds(30));
        var outlet = new DeliveryOutlet();
        var subscriber = await core.AttachAsync(Everything, outlet);
        for (var i = 0; i < 200; i++) await core.PublishAsync("a", $"{i}");
        await core.AdvanceAsync(31);
        await core.AdvanceAsync(3_600);
        subscriber.Ended.IsCompleted.ShouldBeFalse();

        var reading = TakeAsync(outlet, 200);
        while (!reading.IsCompleted)
        {
            await core.SettleAsync();
            await Task.Yield();
        }

        (await reading).ShouldBe(Enumerable.Range(0, 200).Select(i => $"{i}"));
    }

    [Fact]
    public async Task It_ends_at_the_moment_that_the_request_names()
    {
        var core = new TestCore();
        var subscriber = await core.AttachAsync(Everything with { EndsAt = core.Time.GetUtcNow().AddSeconds(60) }, new DeliveryOutlet());
        await core.AdvanceAsync(61);
        (await subscriber.Ended).ShouldBe(EndReason.Expired);
    }

    [Fact]
    public async Task Its_reader_is_told_that_the_log_could_not_be_read()
    {
        var log = new FailingLog();
        await log.AppendAsync([new Append([new Event(Topic.Parse("a"), "1")])]);
        log.ReadsUntilFailure = 0;
        await using var hub = Start(log);
        var failure = await Should.ThrowAsync<SubscriptionEndedException>(() => ReadAsync(hub, Everything with { Start = Cursor.Earliest }));
        failure.Reason.ShouldBe(EndReason.Failed);
        failure.Message.ShouldContain("Subscribe again after the last event's id");
    }

    [Fact]
    public async Task Its_reader_is_told_that_an_operator_ended_it()
    {
        await using var hub = Start(new FailingLog());
        var reading = ReadAsync(hub, Everything);
        while (hub.Subscribers == 0) await Task.Yield();
        hub.Close(1);
        (await Should.ThrowAsync<SubscriptionEndedException>(() => reading)).Reason.ShouldBe(EndReason.Requested);
    }

    [Fact]
    public async Task It_ends_when_all_its_topics_are_closed()
    {
        await using var hub = Start(new FailingLog());
        var reading = ReadAsync(hub, TestCore.On("a"));
        while (hub.Subscribers == 0) await Task.Yield();
        await hub.CloseAsync("a", cancellationToken: TestContext.Current.CancellationToken);
        (await reading)[^1].ShouldBe(new Delivery.Closed(Topic.Parse("a")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_when_the_hub_stops_with_or_without_a_drain(bool drains)
    {
        var hub = Start(new FailingLog());
        var reading = ReadAsync(hub, Everything);
        while (hub.Subscribers == 0) await Task.Yield();
        if (drains) await hub.DrainAsync(TestContext.Current.CancellationToken);
        await hub.DisposeAsync();
        await reading;
    }

    [Fact]
    public async Task It_ends_with_its_token()
    {
        await using var hub = Start(new FailingLog());
        using var cancel = new CancellationTokenSource();
        var reading = ReadAsync(hub, Everything, cancel.Token);
        while (hub.Subscribers == 0) await Task.Yield();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => reading);
        while (hub.Subscribers > 0) await Task.Yield();
    }

    private static EventHub Start(IEventLog log)
    {
        var hub = new EventHub(log, new HubOptions { Lanes = 1 }, TimeProvider.System, nameof(InProcessTests));
        hub.Start();
        return hub;
    }

    private static async Task<List<string>> TakeAsync(DeliveryOutlet outlet, int count)
    {
        var got = new List<string>();
        await foreach (var delivery in outlet.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (delivery is Delivery.Published { Logged.Content: var content }) got.Add(content.GetText());
            if (got.Count == count) break;
        }

        return got;
    }

    private static async Task<List<Delivery>> ReadAsync(EventHub hub, SubscribeRequest request, CancellationToken cancellationToken = default)
    {
        var deliveries = new List<Delivery>();
        await foreach (var delivery in hub.SubscribeAsync(request, cancellationToken)) deliveries.Add(delivery);
        return deliveries;
    }
}
