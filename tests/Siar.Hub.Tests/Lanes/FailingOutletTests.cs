using Siar.Wire;

namespace Siar.Hub.Tests.Lanes;

public sealed class FailingOutletTests
{
    [Theory]
    [InlineData("attach")]
    [InlineData("write")]
    [InlineData("live")]
    [InlineData("alive")]
    [InlineData("end")]
    public async Task An_outlet_that_fails_ends_its_own_stream_and_nobody_elses(string where)
    {
        var core = new TestCore();
        var failures = new List<Exception>();
        core.Hub.Metrics.OnFailure = failures.Add;
        var well = await core.SubscribeAsync(TestCore.On("a"));
        var subscriber = await core.AttachAsync(TestCore.On("a"), new FailingOutlet(where));
        await core.PublishAsync("a", "x");
        await core.AdvanceAsync(15);
        core.Lane.Post(LaneMessage.Drain());
        await core.SettleAsync();

        well.Notes[..3].ShouldBe(["live 0", "x", "alive"]);
        well.Notes[^1].ShouldStartWith("end retry");
        failures.Count.ShouldBeGreaterThan(0);
        (await subscriber.Ended).ShouldBe(EndReason.Failed);
        core.Lane.Drained.IsCompleted.ShouldBeTrue();
    }

    private sealed class FailingOutlet(string where) : Outlet
    {
        public override bool TakesSignals => true;

        public override WriteResult Write(ReadOnlySpan<Frame> frames) => Fail("write");

        public override OutletState WriteKeepAlive(EventId? cursor) => Fail("alive");

        public override OutletState WriteGap(Gap gap) => Fail("gap");

        public override OutletState WriteLive(EventId cursor) => Fail("live");

        public override void End(int? retryMilliseconds) => Fail("end");

        public override void Abort() => throw new InvalidOperationException("abort");

        protected override OutletState OnAttached() => Fail("attach");

        private OutletState Fail(string at) => at == where ? throw new InvalidOperationException(at) : OutletState.Ready;
    }
}
