using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Simulation;

/// <summary>
/// The sequencer, lanes, log readers and window at work on several threads at once, over a log that fails now and then and that somebody else
/// appends to, with listeners and loggers that throw: every reader gets what the log holds, in order and once.
/// </summary>
public sealed class ParallelTests
{
    private const string End = "end";
    private const int Publishers = 3;
    private const int EventsEach = 200;
    private static readonly SubscribeRequest Everything = new() { Matchers = MatcherSet.All, Start = Cursor.Earliest };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_reader_gets_what_the_log_holds_in_order_and_once(int seed)
    {
        var log = new UnsteadyLog(seed, failures: 0.05);
        var meter = $"{nameof(ParallelTests)} {seed}";
        using var listener = ThrowingListener.OfMeter(meter);
        await using var hub = new EventHub(log, new HubOptions { Lanes = 2, LogReaders = 2, WindowBytes = 20_000 }, TimeProvider.System, meter);
        hub.Metrics.OnFailure = _ => throw new InvalidOperationException("logger");
        hub.Start();
        var gzip = new GzipOutlet();
        await hub.AttachAsync(Everything with { Start = Cursor.Now }, gzip, TestContext.Current.CancellationToken);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadAsync(hub))).ToArray();

        await Task.WhenAll([.. Enumerable.Range(0, Publishers).Select(i => Task.Run(() => PublishAsync(hub, i))), Task.Run(() => AppendElsewhereAsync(log))]);
        while (!await TryPublishAsync(hub, End))
        {
        }

        var read = await Task.WhenAll(readers);
        await hub.DrainAsync(TestContext.Current.CancellationToken);
        log.Fails = false;
        var page = await log.ReadAsync(new LogQuery(0, MatcherSet.All, int.MaxValue, int.MaxValue), TestContext.Current.CancellationToken);
        var held = page.Events.TakeWhile(e => e.Content.GetText() != End).Select(e => e.Position).ToList();
        held.Count.ShouldBeGreaterThan(EventsEach, $"seed {seed}");
        foreach (var positions in read) positions.ShouldBe(held, $"seed {seed}");
        gzip.Positions.SequenceEqual(gzip.Positions.Distinct().Order()).ShouldBeTrue($"seed {seed}");
        hub.Loops.Ended.ShouldBeEmpty($"seed {seed}");
    }

    // A stream that a failed reading ended is taken up again after the last event.
    private static async Task<List<long>> ReadAsync(EventHub hub)
    {
        var positions = new List<long>();
        var request = Everything;
        while (true)
        {
            try
            {
                await foreach (var delivery in hub.SubscribeAsync(request, TestContext.Current.CancellationToken))
                {
                    if (delivery is Delivery.Missed missed) throw new InvalidOperationException($"a gap: {missed.Missing}");
                    if (delivery is not Delivery.Published { Logged: var logged }) continue;
                    if (logged.Content.GetText() == End) return positions;
                    positions.Add(logged.Position);
                    request = Everything with { Start = Cursor.After(logged.Id) };
                }
            }
            catch (SubscriptionEndedException failure) when (failure.Reason is EndReason.Failed)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task PublishAsync(EventHub hub, int publisher)
    {
        for (var i = 0; i < EventsEach; i++) await TryPublishAsync(hub, $"{publisher}-{i}".PadRight(100, '.'));
    }

    private static async Task AppendElsewhereAsync(UnsteadyLog log)
    {
        for (var i = 0; i < EventsEach; i++)
        {
            try
            {
                await log.AppendAsync([new Append([Make($"elsewhere {i}")])], TestContext.Current.CancellationToken);
            }
            catch (LogUnavailableException)
            {
                // What was kept all the same is in the log, which is the model.
            }

            await Task.Yield();
        }
    }

    private static async Task<bool> TryPublishAsync(EventHub hub, string data)
    {
        try
        {
            await hub.PublishAsync(Make(data), TestContext.Current.CancellationToken);
            return true;
        }
        catch (LogUnavailableException)
        {
            return false;
        }
    }

    private static Event Make(string data) => new(Topic.Parse("a"), data);

    private sealed class GzipOutlet : Outlet
    {
        private static readonly GzipForm Gzip = new(SseForm.Plain, 64);

        public List<long> Positions { get; } = [];

        public override StreamForm Form => Gzip;

        public override bool TakesSignals => true;

        public override WriteResult Write(ReadOnlySpan<Frame> frames)
        {
            foreach (var frame in frames)
            {
                frame.In(Gzip).Length.ShouldBePositive();
                Positions.Add(frame.Event.Position);
            }

            return OutletState.Ready;
        }

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
