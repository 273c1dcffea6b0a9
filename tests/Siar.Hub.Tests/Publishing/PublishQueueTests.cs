using Siar.Topics;

namespace Siar.Hub.Tests.Publishing;

/// <summary>What may wait for the sequencer is counted in events and bytes, however they are divided into publishes.</summary>
public sealed class PublishQueueTests
{
    [Fact]
    public async Task A_batch_counts_as_many_as_it_has_events()
    {
        var queue = new PublishQueue(maxEvents: 100, maxBytes: long.MaxValue, () => { });
        await queue.WriteAsync(Batch(80), default);
        var waiting = queue.WriteAsync(Batch(30), default).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        queue.Events.ShouldBe(80);

        queue.TryRead(out var first).ShouldBeTrue();
        first.Append.Events.Length.ShouldBe(80);
        await waiting;
        queue.Events.ShouldBe(30);
    }

    [Fact]
    public async Task So_do_its_bytes()
    {
        var queue = new PublishQueue(maxEvents: 100, maxBytes: 1_000, () => { });
        await queue.WriteAsync(Batch(1, dataBytes: 900), default);
        var waiting = queue.WriteAsync(Batch(1, dataBytes: 200), default).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        queue.Bytes.ShouldBe(901);

        queue.TryRead(out _).ShouldBeTrue();
        await waiting;
        queue.Bytes.ShouldBe(201);
    }

    [Fact]
    public async Task A_batch_that_is_larger_than_the_bound_waits_alone()
    {
        var queue = new PublishQueue(maxEvents: 2, maxBytes: 10, () => { });
        await queue.WriteAsync(Batch(5, dataBytes: 100), default);
        var waiting = queue.WriteAsync(Batch(1), default).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        queue.TryRead(out _).ShouldBeTrue();
        await waiting;
    }

    [Fact]
    public async Task Places_are_given_in_the_order_of_coming_and_one_that_gave_up_holds_nobody_up()
    {
        var queue = new PublishQueue(maxEvents: 10, maxBytes: long.MaxValue, () => { });
        await queue.WriteAsync(Batch(6), default);
        using var patience = new CancellationTokenSource();
        var large = queue.WriteAsync(Batch(9), patience.Token).AsTask();
        var small = queue.WriteAsync(Batch(2), default).AsTask();
        small.IsCompleted.ShouldBeFalse();

        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(large);
        await small;
        queue.Events.ShouldBe(8);
    }

    [Fact]
    public async Task Those_that_wait_when_the_hub_stops_are_told_and_what_has_a_place_is_still_taken()
    {
        var queue = new PublishQueue(maxEvents: 1, maxBytes: long.MaxValue, () => { });
        await queue.WriteAsync(Batch(1), default);
        var waiting = queue.WriteAsync(Batch(1), default).AsTask();
        queue.Complete();
        await Should.ThrowAsync<HubStoppedException>(waiting);
        await Should.ThrowAsync<HubStoppedException>(async () => await queue.WriteAsync(Batch(1), default));
        Should.Throw<HubStoppedException>(() => queue.OfferBehind([Batch(1)]));

        queue.IsOver.ShouldBeFalse();
        queue.TryRead(out _).ShouldBeTrue();
        queue.IsOver.ShouldBeTrue();
    }

    [Fact]
    public async Task The_hubs_own_events_go_behind_what_publishers_have_left_and_starve_neither_them_nor_themselves()
    {
        var core = new TestCore(o => o.MaxBatch = 2);
        var publishers = new List<Publication>();
        for (var i = 0; i < 5; i++) publishers.Add(await core.Hub.EnqueueAsync([Make("published", 1)], default));
        var own = Batch(3);
        core.Hub.Sequencer.OfferBehind([own]);

        (await core.Hub.Sequencer.RunBatchAsync()).ShouldBe(3);
        (await own.Done).Events.Select(e => e.Position).ShouldBe([3L, 4L, 5L]);
        await core.SettleAsync();
        List<long> positions = [];
        foreach (var publication in publishers) positions.Add((await publication.Done).Events[0].Position);
        positions.ShouldBe([1L, 2L, 6L, 7L, 8L]);
    }

    [Fact]
    public async Task The_hubs_own_events_wake_a_hub_to_which_nobody_publishes()
    {
        var log = new MemoryLog(new RetentionLimits(null, null, null), [], TimeProvider.System);
        var core = new TestCore(log: log);
        var running = core.Hub.Sequencer.RunAsync();
        for (var i = 0; i < 3; i++)
        {
            var own = Batch(1);
            core.Hub.Sequencer.OfferBehind([own]);
            (await own.Done).Events.Length.ShouldBe(1);
        }

        core.Hub.Sequencer.Complete();
        await running;
    }

    private static Publication Batch(int events, int dataBytes = 0) => new(new Append([.. Enumerable.Range(0, events).Select(_ => Make("a", dataBytes))]), 0);

    private static Event Make(string topic, int dataBytes) => new(Topic.Parse(topic), new string('x', dataBytes));
}
