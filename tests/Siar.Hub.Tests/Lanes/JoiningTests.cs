using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Lanes;

/// <summary>Readers that are odd, or cannot be taken in at all.</summary>
public sealed class JoiningTests
{
    private const string Control = "a\u0001";

    /// <summary>Any text is a selector; text that no topic can have means no topic.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(Control)]
    public async Task A_matcher_of_text_that_no_topic_can_have_means_nothing_and_the_others_are_served(string text)
    {
        var core = new TestCore();
        var nothing = await core.SubscribeAsync(new SubscribeRequest { Matchers = MatcherSet.Of(Matcher.FromSelector(text)) });
        var other = await core.SubscribeAsync(new SubscribeRequest { Matchers = MatcherSet.Of(Matcher.FromSelector(text), Matcher.FromSelector("a")) });
        var none = await core.SubscribeAsync(new SubscribeRequest { Matchers = MatcherSet.Of(Matcher.Exact(default)), Start = Cursor.Earliest });
        await core.PublishAsync("a", "x");
        nothing.Notes.ShouldBe(["live 0"]);
        other.Notes.ShouldBe(["live 0", "x"]);
        none.Notes.ShouldBe(["live 0"]);
    }

    [Fact]
    public async Task So_they_are_from_the_log()
    {
        var core = new TestCore();
        await core.PublishAsync("a", "x");
        core = new TestCore(log: core.Log);
        var request = new SubscribeRequest { Matchers = MatcherSet.Of(Matcher.FromSelector("")), Start = Cursor.Earliest };
        (await core.SubscribeAsync(request)).Notes.ShouldBe(["live 1"]);
        (await core.SubscribeAsync(request with { Matchers = MatcherSet.Of(Matcher.FromSelector(""), Matcher.FromSelector("a")) })).Notes.ShouldBe(["x", "live 1"]);
        (await core.SubscribeAsync(request with { Start = Cursor.Now, Last = 3 })).Notes.ShouldBe(["live 1"]);
    }

    [Fact]
    public async Task A_stream_ends_when_all_topics_that_there_can_be_are_closed()
    {
        var core = new TestCore();
        await core.Hub.EnqueueAsync([Event.Closing(Topic.Parse("a"))], default);
        await core.SettleAsync();
        (await core.SubscribeAsync(new SubscribeRequest { Matchers = MatcherSet.Of(Matcher.FromSelector(""), Matcher.FromSelector("a")) })).Notes[^1].ShouldBe("end");
        (await core.SubscribeAsync(new SubscribeRequest { Matchers = MatcherSet.Of(Matcher.FromSelector("")) })).Notes.ShouldBe(["live 1"]);
    }

    [Fact]
    public async Task Code_in_the_same_process_may_ask_for_such_a_topic_too()
    {
        await using var log = new MemoryLog(new RetentionLimits(null, null, null), [], TimeProvider.System);
        await using var hub = new EventHub(log, new HubOptions(), TimeProvider.System, "a meter of its own");
        hub.Start();
        await foreach (var delivery in hub.SubscribeAsync(new() { Matchers = MatcherSet.Of(Matcher.FromSelector("")) }, TestContext.Current.CancellationToken))
        {
            delivery.ShouldBeOfType<Delivery.Live>();
            break;
        }
    }

    /// <summary>A publisher that was answered, and then reads, finds its event before it is told that there is no more.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_answered_before_a_reader_came_comes_before_it_is_live_though_the_window_lags(bool isForIt)
    {
        var core = new TestCore();
        await core.EnqueueAsync(isForIt ? "a" : "b", "x");
        await core.Hub.Sequencer.RunBatchAsync();
        var outlet = new TestOutlet();
        await core.Hub.AttachAsync(TestCore.On("a") with { Start = Cursor.Earliest }, outlet, default);
        while (core.Lane.Turn())
        {
        }

        outlet.Notes.ShouldBeEmpty();
        await core.SettleAsync();
        outlet.Notes.ShouldBe(isForIt ? ["x", "live 1"] : ["live 1"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reader_that_cannot_be_taken_in_ends_and_takes_nothing_with_it(bool isClosedEarly)
    {
        var log = new FailingLog();
        var core = new TestCore(log: log);
        var well = new[] { await core.SubscribeAsync(TestCore.On("a")), await core.SubscribeAsync(TestCore.On("b")) };
        var request = new SubscribeRequest { Matchers = MatcherSet.Of(Matcher.FromSelector("c/{x}"), Matcher.FromSelector("c")) };
        var odd = new OddOutlet();
        var first = await core.Hub.AttachAsync(request, odd, default);
        if (isClosedEarly) first.Close(EndReason.PeerClosed);
        await core.SettleAsync();

        var outlet = new TestOutlet();
        log.ClosingFailure = new IOException("Input/output error");
        var second = await core.AttachAsync(TestCore.On("c"), outlet);
        log.ClosingFailure = null;
        if (isClosedEarly) second.Close(EndReason.PeerClosed);
        await core.SettleAsync();

        first.Ended.IsCompleted.ShouldBeTrue();
        (await first.Ended).ShouldBe(EndReason.Failed);
        odd.IsAborted.ShouldBeTrue();
        core.Hub.Patterns.InUse.ShouldBe(0);
        second.Ended.IsCompleted.ShouldBeTrue();
        (await second.Ended).ShouldBe(EndReason.Failed);
        outlet.Notes.ShouldBe(["abort"]);
        core.Lane.Counters.Ended(EndReason.Failed).ShouldBe(2);

        // What they asked for works for the next, and those that were there are looked after as before.
        var next = await core.SubscribeAsync(TestCore.On("c"));
        await core.PublishAsync("c", "x");
        next.Notes.ShouldBe(["live 0", "x"]);
        await core.AdvanceAsync(15);
        foreach (var each in well) each.Notes.ShouldBe(["live 0", "alive 1"]);
        core.Lane.Post(LaneMessage.Drain());
        await core.SettleAsync();
        foreach (var each in well) each.Notes[^1].ShouldStartWith("end retry");
        core.Lane.Drained.IsCompleted.ShouldBeTrue();
    }

    /// <summary>An outlet that fails before its lane has taken the reader in.</summary>
    private sealed class OddOutlet : Outlet
    {
        public bool IsAborted { get; private set; }

        public override bool TakesSignals => throw new InvalidOperationException("it does not know");

        public override WriteResult Write(ReadOnlySpan<Frame> frames) => OutletState.Ready;

        public override OutletState WriteKeepAlive(EventId? cursor) => OutletState.Ready;

        public override OutletState WriteGap(Gap gap) => OutletState.Ready;

        public override OutletState WriteLive(EventId cursor) => OutletState.Ready;

        public override void End(int? retryMilliseconds) => IsAborted.ShouldBeFalse();

        public override void Abort() => IsAborted = true;
    }
}
