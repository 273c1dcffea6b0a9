using Siar.Topics;

namespace Siar.Hub.Tests.Lanes;

/// <summary>What fails inside a lane harms the stream or the topic that it is about, and neither ends nor spins the lane.</summary>
public sealed class FailingTurnTests
{
    [Fact]
    public async Task A_failure_while_an_event_is_met_harms_its_readers_only()
    {
        var log = new FailingLog();
        var core = new TestCore(log: log);
        var failures = new List<Exception>();
        core.Hub.Metrics.OnFailure = failures.Add;
        var other = await core.SubscribeAsync(TestCore.On("other"));
        var concerned = await core.AttachAsync(TestCore.On("a"), new TestOutlet());

        log.ClosingFailure = new IOException("look-up");
        await core.Hub.EnqueueAsync([Event.Closing(Topic.Parse("a"))], default);
        await core.SettleAsync();
        await core.PublishAsync("other", "1");

        other.Notes.ShouldBe(["live 0", "1"]);
        concerned.Ended.IsCompleted.ShouldBeTrue();
        (await concerned.Ended).ShouldBe(EndReason.Failed);
        failures.Count.ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task A_closing_that_could_not_be_looked_for_is_found_when_the_log_is_well_again()
    {
        var log = new FailingLog();
        var core = new TestCore(o => o.WindowBytes = 1, log);
        var outlet = new TestOutlet();
        var subscriber = await core.AttachAsync(TestCore.On("a"), outlet);
        await core.Hub.EnqueueAsync([Event.Closing(Topic.Parse("a"))], default);
        for (var i = 0; i < 50; i++) await core.EnqueueAsync("b", new string('x', 100_000));
        while (await core.RunBatchAsync() > 0)
        {
        }

        log.ClosingFailure = new IOException("look-up");
        core.Lane.Turn();
        subscriber.Ended.IsCompleted.ShouldBeFalse();
        log.ClosingFailure = null;
        await core.SettleAsync();
        outlet.Notes[^1].ShouldBe("end");
        (await subscriber.Ended).ShouldBe(EndReason.Closed);
    }

    [Fact]
    public async Task A_search_that_fails_for_readers_of_one_batch_forgets_none_of_them()
    {
        var window = new FrameWindow(0, 1 << 20, blockBytes: 4_096, blockEntries: 1);
        var core = new TestCore(window: window);
        var first = await core.AttachAsync(TestCore.On("a"), new TestOutlet());
        var second = await core.AttachAsync(TestCore.On("a"), new TestOutlet());
        var other = await core.SubscribeAsync(TestCore.On("b"));

        // A note of an event that is in no block, as a fault of ours would leave it.
        first.Group!.Remember(3);
        await core.EnqueueAsync("a", "x");
        await core.RunBatchAsync();
        window.Publish(5);
        await core.SettleAsync();

        first.Ended.IsCompleted.ShouldBeTrue();
        second.Ended.IsCompleted.ShouldBeTrue();
        other.Notes.ShouldBe(["live 0"]);
    }

    [Fact]
    public async Task A_reader_that_fills_on_a_keep_alive_while_it_is_queued_stands_in_the_queue_once()
    {
        var core = new TestCore(o => o.KeepAlive = TimeSpan.FromSeconds(1), tuning: new HubTuning { BehindWrites = 0, LiveWrites = 0 });
        var outlet = new TestOutlet();
        var subscriber = await core.Hub.AttachAsync(TestCore.On("a") with { Start = Cursor.Earliest }, outlet, default);
        core.Lane.Turn();
        for (var i = 0; i < 5; i++)
        {
            outlet.State = OutletState.Full;
            core.Time.Advance(TimeSpan.FromSeconds(2));
            core.Lane.Turn();
            outlet.State = OutletState.Ready;
            outlet.Signal.Writable();
            core.Lane.Turn();
        }

        var list = subscriber.List.ShouldNotBeNull();
        list.Count.ShouldBe(1);
        list.First.ShouldBe(subscriber);
    }

    [Fact]
    public async Task A_turn_that_fails_is_not_tried_again_before_somebody_wakes_the_lane()
    {
        var log = new MemoryLog(new RetentionLimits(null, null, null), [], TimeProvider.System);
        var time = new FailingTime();
        var core = new EventHub(log, new HubOptions { Lanes = 1 }, time);
        var failures = 0;
        var loop = new LaneLoop(core.Lanes[0], _ => Interlocked.Increment(ref failures));
        time.Fails = true;

        core.Lanes[0].Wake();
        while (Volatile.Read(ref failures) == 0) await Task.Yield();
        for (var i = 0; i < 1_000; i++) await Task.Yield();
        Volatile.Read(ref failures).ShouldBe(1);

        await loop.StopAsync();
        Volatile.Read(ref failures).ShouldBe(1);
    }
}
