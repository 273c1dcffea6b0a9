using Siar.TestKit;
using Siar.Topics;

namespace Siar.Hub.Tests;

public sealed class EventHubDisposalTests
{
    [Fact]
    public async Task A_hub_may_be_disposed_of_twice_as_containers_do_that_know_it_by_two_names()
    {
        var hub = Started();

        await hub.DisposeAsync();
        await hub.DisposeAsync();
    }

    [Fact]
    public async Task A_signal_that_comes_after_the_end_does_no_harm()
    {
        var hub = Started();
        var outlet = new DeliveryOutlet();
        await hub.AttachAsync(new SubscribeRequest { Matchers = MatcherSet.All }, outlet, TestContext.Current.CancellationToken);
        await using (var deliveries = outlet.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator())
            (await deliveries.MoveNextAsync()).ShouldBeTrue();
        await hub.DisposeAsync();

        outlet.Signal.Writable();
        outlet.Signal.Closed();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_stream_outlives_the_hub_so_that_no_request_waits_for_its_end_for_ever(bool isFull)
    {
        var hub = Started();
        var subscriber = await hub.AttachAsync(new SubscribeRequest { Matchers = MatcherSet.All }, new TestOutlet { State = isFull ? OutletState.Full : OutletState.Ready }, TestContext.Current.CancellationToken);

        await hub.DisposeAsync();

        subscriber.Ended.IsCompleted.ShouldBeTrue();
    }

    private static EventHub Started()
    {
        var options = new HubOptions();
        var time = new ManualTimeProvider();
        var hub = new EventHub(new MemoryLog(options.Retention, [], time), options, time);
        hub.Start();
        return hub;
    }
}
