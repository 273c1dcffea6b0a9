using System.Diagnostics.Metrics;
using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Publishing;

/// <summary>On a quiet hub the publishing thread does the turns of the sequencer, the follower and the lanes itself.</summary>
public sealed class InPlaceTests
{
    [Fact]
    public async Task What_is_published_is_delivered_by_the_publishing_thread_once_it_is_answered()
    {
        var quiet = await QuietHub.BeginAsync(readers: 2);
        var publication = Make("1");
        await OnThreadAsync(() =>
        {
            quiet.Core.Hub.Sequencer.PublishAsync(publication, default, out var owesLanes).IsCompletedSuccessfully.ShouldBeTrue();
            publication.Done.IsCompletedSuccessfully.ShouldBeTrue();
            owesLanes.ShouldBeTrue();
            quiet.Outlets.ShouldAllBe(o => o.Threads.IsEmpty);

            quiet.Loop.TakeTurnInPlace();
            quiet.Outlets.ShouldAllBe(o => o.Threads.Single() == Environment.CurrentManagedThreadId);
        });
        await quiet.EndAsync();
    }

    /// <summary>Up to 64 readers; and only where nothing about the event or its readers takes long, or runs what is not the hub's.</summary>
    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(1, true, 16_000)]
    [InlineData(1, false, 17_000)]
    [InlineData(1, true, 1, 64)]
    [InlineData(1, false, 1, 65)]
    [InlineData(1, false, 1, 0, false)]
    public async Task What_is_for_few_is_delivered_in_place_and_the_rest_by_the_lane(int readers, bool inPlace, int bytes = 1, int patterns = 0, bool writesInPlace = true)
    {
        var quiet = await QuietHub.BeginAsync(readers, patterns, writesInPlace);
        var publisher = 0;
        await OnThreadAsync(() =>
        {
            publisher = Environment.CurrentManagedThreadId;
            _ = quiet.Core.Hub.Sequencer.PublishAsync(Make(new string('x', bytes)), default, out _);
            quiet.Loop.TakeTurnInPlace();
        });
        foreach (var outlet in quiet.Outlets) await outlet.Written;
        quiet.Outlets.ShouldAllBe(o => o.Threads.Single() == publisher == inPlace);
        await quiet.EndAsync();
    }

    /// <summary>So an answer that takes long holds back nothing but what is for few.</summary>
    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public async Task What_is_for_many_does_not_wait_for_the_answer(int readers, bool waits)
    {
        var quiet = await QuietHub.BeginAsync(readers);
        await OnThreadAsync(() =>
        {
            _ = quiet.Core.Hub.Sequencer.PublishAsync(Make("1"), default, out _);
            quiet.Loop.WakeUnlessShort().ShouldBe(waits);
            if (waits) quiet.Loop.TakeTurnInPlace();
        });
        foreach (var outlet in quiet.Outlets) await outlet.Written;
        await quiet.EndAsync();
    }

    [Fact]
    public async Task A_reader_that_fails_in_the_turn_ends_its_own_stream_and_the_publisher_knows_nothing_of_it()
    {
        var quiet = await QuietHub.BeginAsync(readers: 2);
        quiet.Outlets[0].Failure = new IOException("socket");
        await OnThreadAsync(() => quiet.Publish("1"));
        await OnThreadAsync(() => quiet.Publish("2"));

        (await quiet.Subscribers[0].Ended).ShouldBe(EndReason.Failed);
        quiet.Outlets[1].Threads.Length.ShouldBe(2);
        quiet.Failures.ShouldBe(1);
        await quiet.EndAsync();
    }

    [Fact]
    public async Task A_log_that_fails_in_the_turn_fails_that_publish_and_the_next_one_has_its_turn()
    {
        var log = new FailingLog { Failure = new IOException("disk") };
        var core = new TestCore(log: log);
        await OnThreadAsync(() =>
        {
            var failed = Make("lost");
            _ = core.Hub.Sequencer.PublishAsync(failed, default, out var owesLanes);
            owesLanes.ShouldBeFalse();
            failed.Done.Exception!.InnerException.ShouldBeAssignableTo<IOException>();

            log.Failure = null;
            var kept = Make("kept");
            _ = core.Hub.Sequencer.PublishAsync(kept, default, out _);
            kept.Done.IsCompletedSuccessfully.ShouldBeTrue();
        });
    }

    [Fact]
    public async Task A_turn_that_fails_as_a_whole_is_reported_and_the_lane_goes_on_when_it_is_woken()
    {
        var time = new FailingTime();
        var core = new EventHub(new MemoryLog(new RetentionLimits(null, null, null), [], time), new HubOptions { Lanes = 1 }, time);
        var outlet = new ThreadOutlet(writesInPlace: true);
        await core.AttachAsync(TestCore.On("a"), outlet, default);
        while (core.Lanes[0].Turn())
        {
        }

        var failures = 0;
        var loop = new LaneLoop(core.Lanes[0], _ => Interlocked.Increment(ref failures));
        _ = core.Follower.RunAsync();
        await OnThreadAsync(() =>
        {
            _ = core.Sequencer.PublishAsync(Make("1"), default, out _);
            time.Fails = true;
            loop.TakeTurnInPlace();
            failures.ShouldBe(1);
            outlet.Threads.ShouldBeEmpty();

            time.Fails = false;
            loop.TakeTurnInPlace();
            outlet.Threads.Length.ShouldBe(1);
        });
        core.Follower.Stop();
        await loop.StopAsync();
    }

    [Fact]
    public async Task A_log_that_answers_later_keeps_the_turn_and_what_comes_meanwhile_is_appended_behind()
    {
        var log = new FailingLog { Gate = new TaskCompletionSource() };
        var core = new TestCore(log: log);
        var running = core.Hub.Sequencer.RunAsync();
        var first = Make("1");
        var second = Make("2");
        await OnThreadAsync(() =>
        {
            _ = core.Hub.Sequencer.PublishAsync(first, default, out _);
            _ = core.Hub.Sequencer.PublishAsync(second, default, out _);
            (first.Done.IsCompleted, second.Done.IsCompleted).ShouldBe((false, false));
        });
        core.Hub.Sequencer.Complete();
        log.Gate.SetResult();

        (await first.Done).Events[0].Position.ShouldBe(1);
        (await second.Done).Events[0].Position.ShouldBe(2);
        await running;
    }

    /// <summary>What publishes from inside the turn, as a listener may, is done behind it.</summary>
    [Fact]
    public async Task Nothing_enters_the_turn_again()
    {
        var meter = nameof(Nothing_enters_the_turn_again);
        await using var hub = new EventHub(new MemoryLog(new RetentionLimits(null, null, null), [], TimeProvider.System), new HubOptions { Lanes = 1 }, new ManualTimeProvider(), meter);
        ValueTask<LoggedEvent>? inner = null;
        var wasDoneAtOnce = false;
        using var listener = new MeterListener { InstrumentPublished = (i, self) => { if (i.Meter.Name == meter && i.Name == "siar.publishes") self.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) =>
        {
            if (inner is not null) return;
            inner = hub.PublishAsync("a", "inner", TestContext.Current.CancellationToken);
            wasDoneAtOnce = inner.Value.IsCompleted;
        });
        listener.Start();
        hub.Start();

        await Task.Run(async () =>
        {
            (await hub.PublishAsync("a", "outer")).Position.ShouldBe(1);
            wasDoneAtOnce.ShouldBeFalse();
            (await inner!.Value).Position.ShouldBe(2);
        }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Nothing_that_flows_with_the_caller_gets_into_the_hub()
    {
        var seen = new AsyncLocal<string?>();
        var flowed = new List<string?>();
        var log = new WatchedLog(() => flowed.Add(seen.Value));
        await using var hub = new EventHub(log, new HubOptions { Lanes = 1 }, new ManualTimeProvider(), nameof(Nothing_that_flows_with_the_caller_gets_into_the_hub));
        hub.Start();
        var outlet = new ThreadOutlet(writesInPlace: true) { OnWrite = () => flowed.Add(seen.Value) };
        await hub.AttachAsync(TestCore.On("a"), outlet, TestContext.Current.CancellationToken);

        // Until the hub is as quiet as it must be.
        await Task.Run(async () =>
        {
            seen.Value = "the caller's";
            while (!outlet.Threads.Contains(Environment.CurrentManagedThreadId)) await hub.PublishAsync("a", "x");
            seen.Value.ShouldBe("the caller's");
        }, TestContext.Current.CancellationToken);
        flowed.ShouldAllBe(value => value == null);
    }

    [Fact]
    public async Task A_publish_on_a_thread_for_which_others_wait_goes_with_theirs()
    {
        await using var hub = new EventHub(new MemoryLog(new RetentionLimits(null, null, null), [], TimeProvider.System), new HubOptions { Lanes = 1 }, new ManualTimeProvider());
        hub.Start();
        var outlet = new ThreadOutlet(writesInPlace: true);
        await hub.AttachAsync(TestCore.On("a"), outlet, TestContext.Current.CancellationToken);
        var publisher = 0;
        var publishes = new List<Task<LoggedEvent>>();
        await OnThreadAsync(() =>
        {
            publisher = Environment.CurrentManagedThreadId;
            LoopTurn.OthersWait = true;
            for (var i = 0; i < 100; i++) publishes.Add(hub.PublishAsync("a", $"{i}").AsTask());
        });
        foreach (var publish in publishes) await publish;
        await outlet.Written;
        outlet.Threads.ShouldNotContain(publisher);
    }

    [Fact]
    public async Task A_delivery_in_place_allocates_nothing()
    {
        var core = new TestCore();
        for (var i = 0; i < 64; i++) await core.AttachAsync(TestCore.On("a"), new ThreadOutlet(writesInPlace: true) { IsSilent = true });
        await PublishAsync();
        TakeTurn();

        (await Allocations.OfCheapestRoundAsync(PublishAsync, TakeTurn)).ShouldBe(0);
        (core.Lane.Counters.Deliveries % 64).ShouldBe(0);
        core.Lane.Counters.Deliveries.ShouldBePositive();

        async Task PublishAsync()
        {
            await core.EnqueueAsync("a", "x");
            await core.RunBatchAsync();
        }

        void TakeTurn()
        {
            if (!core.Lane.TryTurnInPlace(out var more) || more) throw new InvalidOperationException("The lane was not quiet.");
        }
    }

    /// <summary>No clock wakes anything here: one wake that is lost, and the test waits for ever.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task However_turns_are_taken_every_reader_gets_all_of_it_in_order(int publishers)
    {
        const int EventsEach = 2_000;
        await using var hub = new EventHub(
            new MemoryLog(new RetentionLimits(null, null, null), [], TimeProvider.System), new HubOptions { Lanes = 2 }, new ManualTimeProvider(), $"stress {publishers}");
        hub.Start();
        var request = new SubscribeRequest { Matchers = MatcherSet.All, Start = Cursor.Earliest };
        var counts = new long[3];
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Run(async () =>
        {
            var next = new int[publishers];
            var position = 0L;
            await foreach (var delivery in hub.SubscribeAsync(request, TestContext.Current.CancellationToken))
            {
                if (delivery is not Delivery.Published { Logged: var logged }) continue;
                logged.Position.ShouldBe(++position);
                var words = logged.Content.GetText().Split(' ');
                int.Parse(words[1]).ShouldBe(next[int.Parse(words[0])]++);
                Volatile.Write(ref counts[reader], position);
                if (position == EventsEach * publishers) return;
            }
        })).ToArray();

        await Task.WhenAll(Enumerable.Range(0, publishers).Select(publisher => Task.Run(async () =>
        {
            for (var i = 0; i < EventsEach; i++)
            {
                var logged = await hub.PublishAsync("a", $"{publisher} {i}");

                // Now and then the hub comes to rest.
                while (i % 4 == 0 && counts.Min(c => Volatile.Read(ref c)) < logged.Position) await Task.Yield();
            }
        })));
        await Task.WhenAll(readers);
        hub.Loops.Ended.ShouldBeEmpty();
    }

    private static Publication Make(string data) => new(new Append([new Event(Topic.Parse("a"), data)]), 1);

    // On a thread that is no other's, and has no context in which what is awaited would go on.
    private static Task OnThreadAsync(Action action)
    {
        var done = new TaskCompletionSource();
        var thread = new Thread(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        });
        thread.Start();
        return done.Task;
    }

    /// <summary>A hub of which nothing runs, and whose readers are live: what a thread then publishes it delivers, if it may.</summary>
    private sealed class QuietHub
    {
        private int _failures;

        private QuietHub(int readers, bool writesInPlace) =>
            Outlets = [.. Enumerable.Range(0, readers).Select(_ => new ThreadOutlet(writesInPlace))];

        public TestCore Core { get; } = new();

        public ThreadOutlet[] Outlets { get; }

        public List<Subscriber> Subscribers { get; } = [];

        public LaneLoop Loop { get; private set; } = null!;

        public int Failures => Volatile.Read(ref _failures);

        public static async Task<QuietHub> BeginAsync(int readers, int patterns = 0, bool writesInPlace = true)
        {
            var quiet = new QuietHub(readers, writesInPlace);
            quiet.Core.Hub.Metrics.OnFailure = _ => Interlocked.Increment(ref quiet._failures);
            foreach (var outlet in quiet.Outlets) quiet.Subscribers.Add(await quiet.Core.AttachAsync(TestCore.On("a"), outlet));
            for (var i = 0; i < patterns; i++)
            {
                var request = new SubscribeRequest { Matchers = MatcherSet.Of(Matcher.FromSelector($"other{i}/{{n}}")) };
                await quiet.Core.AttachAsync(request, new ThreadOutlet(writesInPlace: true));
            }

            quiet.Loop = new LaneLoop(quiet.Core.Lane, quiet.Core.Hub.Metrics.CountFailure);
            _ = quiet.Core.Hub.Follower.RunAsync();
            return quiet;
        }

        public void Publish(string data)
        {
            _ = Core.Hub.Sequencer.PublishAsync(Make(data), default, out _);
            Loop.TakeTurnInPlace();
        }

        public async Task EndAsync()
        {
            Core.Hub.Follower.Stop();
            await Loop.StopAsync();
        }
    }

    private sealed class WatchedLog(Action onAppend) : IEventLog
    {
        private readonly MemoryLog _log = new(new RetentionLimits(null, null, null), [], TimeProvider.System);

        public Epoch Epoch => _log.Epoch;

        public long Head => _log.Head;

        public TrimState Trimmed => _log.Trimmed;

        public RetentionPlan Plan => _log.Plan;

        public Closing? FindClosing(Topic topic) => _log.FindClosing(topic);

        public Epoch EpochAt(long position) => _log.EpochAt(position);

        public ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default)
        {
            onAppend();
            return _log.AppendAsync(batch, cancellationToken);
        }

        public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default) => _log.ReadTailAsync(after, cancellationToken);

        public ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default) => _log.ReadAsync(query, cancellationToken);

        public ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default) => _log.ResolveAsync(id, cancellationToken);

        public ValueTask MaintainAsync(CancellationToken cancellationToken = default) => _log.MaintainAsync(cancellationToken);

        public ValueTask DisposeAsync() => _log.DisposeAsync();
    }
}
