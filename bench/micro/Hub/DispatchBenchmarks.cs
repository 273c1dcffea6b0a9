using BenchmarkDotNet.Attributes;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Bench.Micro.Hub;

/// <summary>
/// From a publish to every outlet: the sequencer's batch, and the turns of one lane that hand the frame to 10,000 null outlets. What is left
/// is the hub's own share of a delivery. The allocation column is per delivery and must be 0: what a publish itself allocates is spread
/// over its deliveries, and a batch of 64 shows it vanish.
/// </summary>
[MemoryDiagnoser]
public class DispatchBenchmarks
{
    private const int Subscribers = 10_000;

    private EventHub _core = null!;
    private Event[] _events = [];
    private bool _ownTopics;

    /// <summary>How many events are published at once.</summary>
    [Params(1, 64)]
    public int Batch { get; set; }

    /// <summary>Puts 10,000 subscribers on one topic.</summary>
    [GlobalSetup(Target = nameof(OneTopic))]
    public void SetUpOneTopic() => SetUp(ownTopics: false);

    /// <summary>Puts 10,000 subscribers on a topic each.</summary>
    [GlobalSetup(Target = nameof(TopicEach))]
    public void SetUpTopicEach() => SetUp(ownTopics: true);

    /// <summary>Every event goes to every subscriber: time and bytes are for <c>Batch</c> x 10,000 deliveries.</summary>
    [Benchmark]
    public long OneTopic() => PublishAndDeliver();

    /// <summary>Every event goes to one subscriber among 10,000: time and bytes are for <c>Batch</c> deliveries.</summary>
    [Benchmark]
    public long TopicEach() => PublishAndDeliver();

    private long PublishAndDeliver()
    {
        foreach (var content in _events) Complete(_core.EnqueueAsync([content], CancellationToken.None));
        while (Complete(_core.Sequencer.RunBatchAsync()) > 0)
        {
        }

        while (_core.Log.Head > _core.Window.Head) Complete(_core.Follower.TakeAsync());
        var lane = _core.Lanes[0];
        while (lane.Turn())
        {
        }

        return lane.Counters.Deliveries;
    }

    private void SetUp(bool ownTopics)
    {
        _ownTopics = ownTopics;
        var options = new HubOptions { Lanes = 1, Retention = new RetentionLimits(1_000, null, null) };
        _core = new EventHub(new MemoryLog(options.Retention, [], TimeProvider.System), options, TimeProvider.System);
        for (var i = 0; i < Subscribers; i++)
        {
            var request = new SubscribeRequest { Matchers = MatcherSet.OfTopics(TopicOf(i)) };
            Complete(_core.AttachAsync(request, new NullOutlet(), CancellationToken.None));
        }

        _events = [.. Enumerable.Range(0, Batch).Select(i => new Event(TopicOf(i * 151), new string('x', 100)))];
        PublishAndDeliver();
    }

    private Topic TopicOf(int i) => Topic.Parse(_ownTopics ? $"topic/{i % Subscribers}" : "topic");

    private static T Complete<T>(ValueTask<T> task) => task.IsCompleted ? task.Result : throw new InvalidOperationException("The hub waited.");

    private sealed class NullOutlet : Outlet
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
