using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Lanes;

public sealed class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task A_delivery_allocates_nothing(int batch)
    {
        var core = new TestCore();
        for (var i = 0; i < 1_000; i++) await core.AttachAsync(TestCore.On("a"), new CountingOutlet());
        await PublishAsync();
        TakeTurns();

        var delivered = core.Lane.Counters.Deliveries;
        (await Allocations.OfCheapestRoundAsync(PublishAsync, TakeTurns)).ShouldBe(0);
        (core.Lane.Counters.Deliveries - delivered).ShouldBePositive();
        (core.Lane.Counters.Deliveries % (1_000 * batch)).ShouldBe(0);

        async Task PublishAsync()
        {
            for (var i = 0; i < batch; i++) await core.Hub.EnqueueAsync([new Event(Topic.Parse("a"), "x")], default);
            await core.RunBatchAsync();
        }

        void TakeTurns()
        {
            while (core.Lane.Turn())
            {
            }
        }
    }

    private sealed class CountingOutlet : Outlet
    {
        public override bool TakesSignals => false;

        public override WriteResult Write(ReadOnlySpan<Frame> frames) => OutletState.Ready;

        public override OutletState WriteKeepAlive(EventId? cursor) => OutletState.Ready;

        public override OutletState WriteGap(Gap gap) => OutletState.Ready;

        public override OutletState WriteLive(EventId cursor) => OutletState.Ready;

        public override void End(int? retryMilliseconds)
        {
        }

        public override void Abort()
        {
        }
    }
}
