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
        await DeliverAsync(core, batch);
        await DeliverAsync(core, batch);

        var delivered = core.Lane.Counters.Deliveries;
        var allocated = await DeliverAsync(core, batch);

        (core.Lane.Counters.Deliveries - delivered).ShouldBe(1_000 * batch);
        allocated.ShouldBe(0);
    }

    private static async Task<long> DeliverAsync(TestCore core, int batch)
    {
        for (var i = 0; i < batch; i++) await core.Hub.EnqueueAsync([new Event(Topic.Parse("a"), "x")], default);
        await core.Hub.Sequencer.RunBatchAsync();
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (core.Lane.Turn())
        {
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed class CountingOutlet : Outlet
    {
        public override bool TakesSignals => false;

        public override OutletState Write(ReadOnlySpan<Frame> frames) => OutletState.Ready;

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
