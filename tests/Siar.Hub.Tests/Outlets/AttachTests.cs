using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests;

public sealed class AttachTests
{
    [Fact]
    public async Task An_outlet_that_fills_with_its_first_bytes_is_offered_nothing_before_it_signals()
    {
        var core = Core();
        var outlet = new FillingOutlet();
        await core.AttachAsync(new SubscribeRequest { Matchers = MatcherSet.All }, outlet, default);

        core.Lanes[0].Turn();
        outlet.Calls.ShouldBe(0);

        outlet.Signal.Writable();
        core.Lanes[0].Turn();
        outlet.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_prepared_reader_is_written_nothing_before_it_is_attached()
    {
        var core = Core();
        var outlet = new FillingOutlet();
        var subscriber = await core.PrepareAsync(new SubscribeRequest { Matchers = MatcherSet.All }, outlet, default);
        core.Lanes[0].Turn();
        outlet.Signal.ShouldBe(default);

        HubCore.Attach(subscriber);
        core.Lanes[0].Turn();
        outlet.Signal.ShouldNotBe(default);
    }

    private static HubCore Core()
    {
        var options = new HubOptions { Lanes = 1 };
        var time = new ManualTimeProvider();
        return new HubCore(new MemoryLog(options.Retention, [], time), options, time);
    }

    private sealed class FillingOutlet : Outlet
    {
        public int Calls { get; private set; }

        public override bool TakesSignals => true;

        public override OutletState Write(ReadOnlySpan<Frame> frames) => Count();

        public override OutletState WriteKeepAlive(EventId? cursor) => Count();

        public override OutletState WriteGap(Gap gap) => Count();

        public override OutletState WriteLive(EventId cursor) => Count();

        public override void End(int? retryMilliseconds) => Calls++;

        public override void Abort() => Calls++;

        protected override OutletState OnAttached() => OutletState.Full;

        private OutletState Count()
        {
            Calls++;
            return OutletState.Ready;
        }
    }
}
