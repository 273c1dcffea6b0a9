using Siar.TestKit;
using Siar.Topics;

namespace Siar.Hub.Tests;

/// <summary>A hub without threads and with a clock that stands still: a test takes every turn itself.</summary>
internal sealed class TestCore
{
    public TestCore(Action<HubOptions>? configure = null, IEventLog? log = null, HubTuning? tuning = null, double chance = 0.5, string meter = HubMetrics.Name, FrameWindow? window = null)
    {
        var options = new HubOptions { Lanes = 1 };
        configure?.Invoke(options);
        Log = log ?? new MemoryLog(RetentionPlan.Of(options), Time);
        Hub = new EventHub(Log, options, Time, window ?? new FrameWindow(Log.Head, options.WindowBytes), tuning ?? HubTuning.Default, () => chance, meter);
    }

    public ManualTimeProvider Time { get; } = new();

    public IEventLog Log { get; }

    public EventHub Hub { get; }

    public Lane Lane => Hub.Lanes[0];

    public static SubscribeRequest On(params string[] topics) => new() { Matchers = MatcherSet.OfTopics(topics.Select(Topic.Parse)) };

    public async Task<TestOutlet> SubscribeAsync(SubscribeRequest request, bool takesSignals = true)
    {
        var outlet = new TestOutlet(takesSignals);
        await AttachAsync(request, outlet);
        return outlet;
    }

    public async Task<Subscriber> AttachAsync(SubscribeRequest request, Outlet outlet)
    {
        var subscriber = await Hub.AttachAsync(request, outlet, default);
        await SettleAsync();
        return subscriber;
    }

    public async Task<LoggedEvent> PublishAsync(string topic, string data)
    {
        var publication = await EnqueueAsync(topic, data);
        await SettleAsync();
        return (await publication.Done).Events[0];
    }

    public ValueTask<Publication> EnqueueAsync(string topic, string data) => Hub.EnqueueAsync([new Event(Topic.Parse(topic), data)], default);

    /// <summary>Has a batch appended, and taken into the window.</summary>
    public async Task<int> RunBatchAsync()
    {
        var answered = await Hub.Sequencer.RunBatchAsync();
        await FollowAsync();
        return answered;
    }

    /// <summary>Has what stands in the log taken into the window.</summary>
    /// <returns>Whether there was something, and it could be.</returns>
    public async Task<bool> FollowAsync()
    {
        var any = false;
        while (Log.Head > Hub.Window.Head && await Hub.Follower.TakeAsync()) any = true;
        return any;
    }

    /// <summary>Lets everybody work until nobody has anything to do.</summary>
    /// <param name="mostRounds">When to stop, for logs that fail: the hub tries again at once, since no time passes.</param>
    public async Task SettleAsync(int mostRounds = int.MaxValue)
    {
        bool more;
        do
        {
            if (Log.IsShared) await Hub.Members.StepAsync();
            var telling = Hub.Presence?.TellSomeAsync();
            more = await Hub.Sequencer.RunBatchAsync() > 0;
            if (telling is not null) more |= await telling;
            more |= await FollowAsync();
            foreach (var lane in Hub.Lanes) more |= lane.Turn();
            while (Hub.Pages.Waiting > 0) more |= await Hub.Pages.RunOneAsync();
        }
        while (more && --mostRounds > 0);
    }

    public async Task AdvanceAsync(double seconds)
    {
        Time.Advance(TimeSpan.FromSeconds(seconds));
        await SettleAsync();
    }
}
