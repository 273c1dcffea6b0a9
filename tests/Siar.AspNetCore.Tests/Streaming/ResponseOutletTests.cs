using System.Collections.Immutable;
using System.IO.Pipelines;
using Siar.Hub;
using Siar.TestKit;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Streaming;

public sealed class ResponseOutletTests : IDisposable
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1_000, resumeWriterThreshold: 500, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly Inbox _inbox = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ResponseOutlet _outlet;
    private int _aborts;

    public ResponseOutletTests() => _outlet = Outlet(SseForm.Plain);

    public static TheoryData<string> Forms => ["sse", "gzip", "ndjson", "Mercure 0.x"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_delivery_allocates_nothing_whatever_the_form(string form)
    {
        var outlet = Outlet(FormOf(form));
        var frames = Frames("x");
        for (var i = 0; i < 1_000; i++) Deliver();

        Allocations.OfCheapestRound(() =>
        {
            for (var i = 0; i < 10_000; i++) Deliver();
        }).ShouldBe(0);

        void Deliver()
        {
            if (outlet.Write(frames).State is not OutletState.Ready) throw new InvalidOperationException("The pipe has room.");
            _pipe.Reader.TryRead(out var read);
            _pipe.Reader.AdvanceTo(read.Buffer.End);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void An_event_is_encoded_once_for_all_readers_of_a_form(string name)
    {
        var form = FormOf(name);
        var frame = Frames("x")[0];
        frame.In(form).Array.ShouldBeSameAs(frame.In(form).Array);
    }

    [Fact]
    public void Filling_up_and_going_on_allocates_nothing()
    {
        var frames = Frames(new string('x', 1_200));
        for (var i = 0; i < 1_000; i++) FillAndEmpty();

        Allocations.OfCheapestRound(() =>
        {
            for (var i = 0; i < 1_000; i++) FillAndEmpty();
        }).ShouldBe(0);

        void FillAndEmpty()
        {
            if (_outlet.Write(frames).State is not OutletState.Full) throw new InvalidOperationException("The pipe has no room.");
            _pipe.Reader.TryRead(out var read);
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            if (_inbox.TakeLast() is not LaneMessageKind.Writable) throw new InvalidOperationException("The lane was not told.");
        }
    }

    [Fact]
    public void A_reader_that_goes_away_closes_the_outlet()
    {
        _pipe.Reader.Complete();

        _outlet.Write(Frames("x")).State.ShouldBe(OutletState.Closed);
    }

    [Fact]
    public void A_reader_that_goes_away_while_the_outlet_is_full_is_told_to_the_lane()
    {
        _outlet.Write(Frames(new string('x', 1_200))).State.ShouldBe(OutletState.Full);

        _pipe.Reader.Complete();

        _inbox.TakeLast().ShouldBe(LaneMessageKind.Close);
    }

    [Fact]
    public void A_writer_that_throws_closes_the_outlet()
    {
        _pipe.Writer.Complete();

        _outlet.Write(Frames("x")).State.ShouldBe(OutletState.Closed);
        _outlet.WriteKeepAlive(null).ShouldBe(OutletState.Closed);
    }

    [Fact]
    public async Task Completion_waits_for_the_flush_that_is_under_way()
    {
        _outlet.Write(Frames(new string('x', 1_200))).State.ShouldBe(OutletState.Full);
        var completion = _outlet.CompleteAsync(TimeSpan.FromSeconds(1), _time);
        completion.IsCompleted.ShouldBeFalse();

        var read = await _pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
        _pipe.Reader.AdvanceTo(read.Buffer.End);

        await completion;
        _aborts.ShouldBe(0);
    }

    [Fact]
    public async Task Completion_cuts_off_a_peer_that_does_not_take_the_rest_in_time()
    {
        _outlet.Write(Frames(new string('x', 1_200))).State.ShouldBe(OutletState.Full);
        var completion = _outlet.CompleteAsync(TimeSpan.FromSeconds(1), _time);

        _time.Advance(TimeSpan.FromSeconds(1));
        SpinWait.SpinUntil(() => Volatile.Read(ref _aborts) == 1, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        completion.IsCompleted.ShouldBeFalse();

        await _pipe.Reader.CompleteAsync();
        await completion;
    }

    [Fact]
    public async Task Completion_is_immediate_when_no_flush_is_under_way()
    {
        _outlet.Write(Frames("x")).State.ShouldBe(OutletState.Ready);

        await _outlet.CompleteAsync(TimeSpan.FromSeconds(1), _time);
    }

    public void Dispose()
    {
        _pipe.Reader.Complete();
        _pipe.Writer.Complete();
    }

    private ResponseOutlet Outlet(StreamForm form)
    {
        var outlet = new ResponseOutlet(_pipe.Writer, () => _aborts++, new OutletFormat(form) { TakesSignals = true, TakesGaps = true, InitialRetry = 2_000 });
        outlet.Attach(new Subscriber(new SubscribeRequest { Matchers = MatcherSet.All }, outlet, _inbox)).ShouldBe(OutletState.Ready);
        return outlet;
    }

    private static StreamForm FormOf(string name) => name switch
    {
        "gzip" => new GzipForm(SseForm.Plain, 100),
        "ndjson" => NdjsonForm.Lines,
        "Mercure 0.x" => new MercureV0Form(new HubUrl(Microsoft.Extensions.Options.Options.Create(new SiarOptions()), null!)),
        _ => SseForm.Plain,
    };

    private static Frame[] Frames(string data)
    {
        var logged = new LoggedEvent(1, Epoch.New(), DateTimeOffset.UnixEpoch, new Event(Topic.Parse("a"), data));
        var page = new LogPage(ImmutableArray.Create(logged), 1, TrimState.Nothing);
        return [new Frame(FrameBlock.FromPage(0, page), 0)];
    }

    private sealed class Inbox : ILaneInbox
    {
        private int _last = -1;

        public void Post(LaneMessage message) => Volatile.Write(ref _last, (int)message.Kind);

        public LaneMessageKind? TakeLast() => Interlocked.Exchange(ref _last, -1) is var kind and >= 0 ? (LaneMessageKind)kind : null;
    }
}
