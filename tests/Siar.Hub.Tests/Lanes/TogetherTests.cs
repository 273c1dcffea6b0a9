using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Lanes;

/// <summary>Readers that get the same are written to with one call.</summary>
public sealed class TogetherTests
{
    private readonly TestCore _core = new();
    private readonly List<string> _calls = [];

    [Fact]
    public async Task Readers_of_a_topic_are_written_to_with_one_call()
    {
        foreach (var name in (string[])["1", "2", "3"]) await JoinAsync(name, "a");
        await JoinAsync("other", "b");

        await _core.PublishAsync("a", "x");

        _calls.ShouldBe(["together 1 2 3: x", "1: x", "2: x", "3: x"]);
    }

    [Fact]
    public async Task One_reader_alone_is_written_to_by_itself()
    {
        await JoinAsync("1", "a");

        await _core.PublishAsync("a", "x");

        _calls.ShouldBe(["1: x"]);
    }

    [Fact]
    public async Task A_reader_that_is_full_or_gone_is_not_among_them()
    {
        await JoinAsync("1", "a");
        var full = await JoinAsync("full", "a");
        var gone = await JoinAsync("gone", "a");
        await JoinAsync("2", "a");
        full.Outlet.State = OutletState.Full;
        await _core.PublishAsync("a", "x");
        gone.Subscriber.Close(EndReason.PeerClosed);
        await _core.SettleAsync();
        _calls.Clear();

        await _core.PublishAsync("a", "y");

        _calls.ShouldBe(["together 1 2: y", "1: y", "2: y"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_call_for_many_that_fails_harms_nobody_and_writes_nothing_twice(int after)
    {
        var failures = new List<Exception>();
        _core.Hub.Metrics.OnFailure = failures.Add;
        var first = await JoinAsync("1", "a");
        await JoinAsync("2", "a");
        first.Outlet.FailsAfter = after;

        await _core.PublishAsync("a", "x");

        _calls.ShouldBe(["together 1 2: x", "1: x", "2: x"]);
        failures.ShouldHaveSingleItem().Message.ShouldBe("together");
    }

    [Fact]
    public async Task A_reader_that_fails_among_others_ends_alone()
    {
        var first = await JoinAsync("1", "a");
        await JoinAsync("2", "a");
        _core.Hub.Metrics.OnFailure = static _ => { };
        first.Outlet.Fails = true;

        await _core.PublishAsync("a", "x");
        await _core.PublishAsync("a", "y");

        (await first.Subscriber.Ended).ShouldBe(EndReason.Failed);
        _calls[^1].ShouldBe("2: y");
    }

    /// <summary>An entry of the queue that was left behind when its reader was full for a moment is met again beside a new one.</summary>
    [Fact]
    public async Task A_reader_that_is_queued_twice_is_written_to_once()
    {
        var core = new TestCore(tuning: new HubTuning { LiveWrites = 2, BehindWrites = 1 });
        for (var i = 0; i < 6; i++) await JoinAsync($"{i}", "a", core);
        var (subscriber, outlet) = await JoinAsync("twice", "b", core);
        await PublishAsync("a", "x");
        await PublishAsync("b", "1");
        core.Time.Advance(TimeSpan.FromSeconds(20));
        outlet.StateOfKeepAlive = OutletState.Full;
        core.Lane.Turn();
        outlet.Signal.Writable();
        core.Lane.Turn();
        _calls.Count(c => c.StartsWith("twice: ", StringComparison.Ordinal)).ShouldBe(1);

        await PublishAsync("b", "2");
        await core.SettleAsync();
        await PublishAsync("b", "3");
        await core.SettleAsync();

        _calls.Where(c => c.Contains("twice", StringComparison.Ordinal)).ShouldBe(["twice: 1", "twice: 2", "twice: 3"]);
        subscriber.EventsSent.ShouldBe(3);

        async Task PublishAsync(string topic, string data)
        {
            await core.Hub.EnqueueAsync([new Event(Topic.Parse(topic), data)], default);
            await core.RunBatchAsync();
        }
    }

    private async Task<(Subscriber Subscriber, NamedOutlet Outlet)> JoinAsync(string name, string topic, TestCore? core = null)
    {
        var outlet = new NamedOutlet(name, _calls);
        var subscriber = await (core ?? _core).AttachAsync(TestCore.On(topic), outlet);
        return (subscriber, outlet);
    }

    private sealed class NamedOutlet(string name, List<string> calls) : Outlet
    {
        public OutletState State { get; set; } = OutletState.Ready;

        public OutletState StateOfKeepAlive { get; set; } = OutletState.Ready;

        public bool Fails { get; set; }

        /// <summary>After how many a call for many fails.</summary>
        public int? FailsAfter { get; set; }

        public override bool TakesSignals => false;

        private string Name => name;

        public override void WriteMany(ReadOnlySpan<Outlet> outlets, ReadOnlySpan<Frame> frames, Span<WriteResult> results)
        {
            calls.Add($"together {string.Join(' ', outlets.ToArray().Select(o => ((NamedOutlet)o).Name))}: {frames[0].Event.Content.GetText()}");
            if (FailsAfter is { } done)
            {
                base.WriteMany(outlets[..done], frames, results[..done]);
                throw new InvalidOperationException("together");
            }

            base.WriteMany(outlets, frames, results);
        }

        public override WriteResult Write(ReadOnlySpan<Frame> frames)
        {
            calls.Add($"{name}: {frames[0].Event.Content.GetText()}");
            return Fails ? throw new InvalidOperationException("write") : State;
        }

        public override OutletState WriteKeepAlive(EventId? cursor) => StateOfKeepAlive;

        public override OutletState WriteGap(Gap gap) => State;

        public override OutletState WriteLive(EventId cursor) => State;

        public override void End(int? retryMilliseconds)
        {
        }

        public override void Abort()
        {
        }
    }
}
