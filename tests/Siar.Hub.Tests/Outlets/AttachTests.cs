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
        using var prepared = await core.PrepareAsync(new SubscribeRequest { Matchers = MatcherSet.All }, outlet, default);
        core.Lanes[0].Turn();
        outlet.Signal.ShouldBeNull();

        prepared.Attach();
        core.Lanes[0].Turn();
        outlet.Signal.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_reader_that_was_prepared_gives_its_patterns_back_once_however_it_goes_on()
    {
        var core = Core();
        var request = new SubscribeRequest { Matchers = MatcherSet.Of(Template()) };
        var given = await core.PrepareAsync(request, new FillingOutlet(), default);
        var attached = await core.PrepareAsync(request, new FillingOutlet(), default);
        core.Patterns.InUse.ShouldBe(1);
        given.Dispose();
        given.Dispose();
        core.Patterns.InUse.ShouldBe(1);
        Should.Throw<InvalidOperationException>(() => given.Attach());

        var subscriber = attached.Attach();
        attached.Dispose();
        core.Lanes[0].Turn();
        core.Patterns.InUse.ShouldBe(1);
        subscriber.Close(EndReason.Requested);
        core.Lanes[0].Turn();
        core.Patterns.InUse.ShouldBe(0);
    }

    [Fact]
    public async Task A_reader_that_cannot_be_prepared_leaves_no_pattern_counted()
    {
        var options = new HubOptions { Lanes = 1 };
        var core = new EventHub(new FailingLog { ClosingFailure = new IOException("look-up") }, options, new ManualTimeProvider());
        var matchers = MatcherSet.Of(Matcher.Exact(Topic.Parse("a")), Template());
        var start = Cursor.After(HubEventId.Create(core.Log.Epoch, 0));
        await Should.ThrowAsync<IOException>(async () => await core.PrepareAsync(new SubscribeRequest { Matchers = matchers, Start = start }, new FillingOutlet(), default));
        core.Patterns.InUse.ShouldBe(0);
    }

    private static Matcher Template() => Matcher.TryCreateUriTemplate("a/{b}", out var matcher, out _) ? matcher : throw new InvalidOperationException("template");

    private static EventHub Core()
    {
        var options = new HubOptions { Lanes = 1 };
        var time = new ManualTimeProvider();
        return new EventHub(new MemoryLog(options.Retention, [], time), options, time);
    }

    private sealed class FillingOutlet : Outlet
    {
        public int Calls { get; private set; }

        public override bool TakesSignals => true;

        public override WriteResult Write(ReadOnlySpan<Frame> frames) => Count();

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
