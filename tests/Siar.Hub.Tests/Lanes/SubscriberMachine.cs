using Siar.Wire;

namespace Siar.Hub.Tests.Lanes;

/// <summary>A subscriber whose inputs a test gives in any order, with a log that forgets soon and a window that holds little; it checks all that is written.</summary>
internal sealed class SubscriberMachine
{
    private readonly FrameWindow _window = new(0, 1_500, blockBytes: 300, blockEntries: 3);
    private readonly TestCore _core;
    private readonly LaneView _view;
    private readonly CheckedOutlet _outlet = new();
    private readonly Subscriber _subscriber;
    private readonly List<PageKey> _asked = [];
    private int _pagesOut;

    public SubscriberMachine(bool fromStart)
    {
        var tuning = new HubTuning { WriteBytes = 120, EventsExamined = 2, RecentPositions = 2 };
        _core = new TestCore(o => o.Retention = new RetentionLimits(12, null, null), tuning: tuning, window: _window);
        _view = new LaneView(new LaneContext(_core.Log, _window, null!, null!, null, _core.Hub.Clock, new HubOptions(), tuning, () => 0.5, _ => { }));
        var request = TestCore.On("a") with { Start = fromStart ? Cursor.After(HubEventId.Create(_core.Log.Epoch, 0)) : Cursor.Now };
        _subscriber = new Subscriber(request, _outlet, null!) { Replay = new Replay { OwesClosings = !fromStart } };
        _subscriber.Group = new InterestGroup(new Interest(request.Matchers, request.Grants, TakesSignals: true), 0, 2);
        if (!fromStart) PublishSome(0);
        _subscriber.Cursor = fromStart ? 0 : _window.Head;
        _outlet.Has = _subscriber.Cursor;
        _view.Head = 0;
        _subscriber.Attach(_view);
    }

    public void Step(int step)
    {
        switch (step)
        {
            case < 5:
                PublishSome(step);
                break;
            case < 8:
                Advance();
                break;
            case < 11:
                Serve();
                break;
            case 11:
                LoadPage();
                break;
            case 12:
                _outlet.WillFill = true;
                break;
            case 13:
                Drain();
                break;
            case 14:
                _view.Now += 15_000;
                _subscriber.OnDeadline(_view);
                break;
            default:
                // Late: what it has no use for in the phase it is in.
                if (_subscriber.Phase is not SubscriberPhase.Live) _subscriber.Match(0);
                if (_subscriber.Phase is not SubscriberPhase.Ahead) _subscriber.ReachHead(long.MaxValue);
                TakePage(new PageKey(_subscriber.Request.Matchers, 1_000_000));
                if (_subscriber.Phase is not SubscriberPhase.Full) _subscriber.Resume(_view);
                break;
        }

        Check();
    }

    /// <summary>Once everything has been given its turn, it is live and has everything.</summary>
    public void Finish()
    {
        for (var round = 0; round < 200 && _subscriber.Phase is not SubscriberPhase.Ended; round++)
        {
            Drain();
            Advance();
            Serve();
            LoadPage();
            Check();
        }

        if (_subscriber.Phase is SubscriberPhase.Ended)
        {
            // A peer that has not read for too long.
            _subscriber.Reason.ShouldBe(EndReason.Stalled);
        }
        else
        {
            _subscriber.Phase.ShouldBe(SubscriberPhase.Live);
            _outlet.Wanted.ShouldAllBe(p => p <= _outlet.Has);
            _subscriber.Abort(EndReason.PeerClosed);
        }

        LoadPage();
        _pagesOut.ShouldBe(0, "a page of the log was kept");
        _outlet.IsOver.ShouldBeTrue();
    }

    private void PublishSome(int step)
    {
        for (var i = 0; i <= step; i++)
        {
            var topic = (step + i) % 2 == 0 ? "a" : "b";
            _core.EnqueueAsync(topic, new string('x', 10 + (step * 10))).AsTask().GetAwaiter().GetResult();
            _core.RunBatchAsync().GetAwaiter().GetResult().ShouldBe(1);
            if (topic == "a") _outlet.Wanted.Add(_window.Head);
        }
    }

    // As a lane does: an event for the group queues it where it is live.
    private void Advance()
    {
        var from = _view.Head;
        _view.Head = _window.Head;
        var group = _subscriber.Group!;
        if (from < _window.Start) group.ForgetRecent(_view.Head, mayBeClosed: true);
        var matched = _outlet.Wanted.Where(p => p > from && p <= _view.Head).ToList();
        if (from >= _window.Start) matched.ForEach(group.Remember);
        if (matched.Count > 0 || from < _window.Start) _subscriber.Match(from);
        _subscriber.ReachHead(_view.Head);
    }

    private void Serve()
    {
        var phase = _subscriber.Phase;
        _subscriber.Serve(_view);
        if (phase is SubscriberPhase.Queued && _subscriber.Phase is SubscriberPhase.Loading) _asked.Add(_subscriber.NeededPage);
    }

    private void LoadPage()
    {
        var asked = _asked.ToList();
        _asked.Clear();
        foreach (var key in asked) TakePage(key);
    }

    private void TakePage(PageKey key)
    {
        var page = _core.Log.ReadAsync(new LogQuery(key.After, key.Matchers, 4, 100)).AsTask().GetAwaiter().GetResult();
        var shared = new SharedPage(key, FrameBlock.FromPage(key.After, page), page.Trimmed.Of(key.Matchers), _ => _pagesOut--);
        shared.Take(1);
        _pagesOut++;
        _subscriber.TakePage(_view, shared);
    }

    private void Drain()
    {
        _outlet.WillFill = false;
        if (_subscriber.Phase is not SubscriberPhase.Full) return;
        _outlet.IsFull = false;
        _subscriber.Resume(_view);
    }

    private void Check()
    {
        _pagesOut.ShouldBeInRange(0, 1);
        (_subscriber.Phase is SubscriberPhase.Full).ShouldBe(_outlet.IsFull && !_outlet.IsOver);
        (_subscriber.Phase is SubscriberPhase.Ended).ShouldBe(_outlet.IsOver);
        if (_subscriber.Phase is not SubscriberPhase.Live) return;
        _subscriber.Replay.ShouldBeNull();
        _outlet.Wanted.ShouldAllBe(p => p <= _outlet.Has || p > _view.Head);
    }

    /// <summary>An outlet that knows what the reader wants, and checks each thing that it is given.</summary>
    private sealed class CheckedOutlet : Outlet
    {
        public List<long> Wanted { get; } = [];

        /// <summary>It has everything that it wants up to this position, or was told that it is gone.</summary>
        public long Has { get; set; }

        public bool WillFill { get; set; }

        public bool IsFull { get; set; }

        public bool IsOver { get; private set; }

        public override bool TakesSignals => true;

        public override WriteResult Write(ReadOnlySpan<Frame> frames)
        {
            var untaken = WillFill ? frames.Length / 2 : 0;
            foreach (var frame in frames[..^untaken]) Come(frame.Event.Position);
            return WriteResult.Left(untaken, Give());
        }

        public override OutletState WriteKeepAlive(EventId? cursor)
        {
            if (cursor is { } id) Reach(id);
            return Give();
        }

        public override OutletState WriteGap(Gap gap)
        {
            HubEventId.TryParse(gap.Resume, out var resume).ShouldBeTrue();
            resume.Position.ShouldBeGreaterThanOrEqualTo(Has, "a gap led back");
            Has = resume.Position;
            return Give();
        }

        public override OutletState WriteLive(EventId cursor)
        {
            Reach(cursor);
            return Give();
        }

        public override void End(int? retryMilliseconds) => Close();

        public override void Abort() => Close();

        private void Come(long position)
        {
            Wanted.Find(p => p > Has).ShouldBe(position, $"it has everything up to {Has}");
            Has = position;
        }

        private void Reach(EventId id)
        {
            HubEventId.TryParse(id, out var cursor).ShouldBeTrue();
            Wanted.ShouldNotContain(p => p > Has && p <= cursor.Position, "it was told that it has what it has not");
            Has = Math.Max(Has, cursor.Position);
        }

        private OutletState Give()
        {
            IsFull.ShouldBeFalse("a full outlet was offered more");
            IsOver.ShouldBeFalse("an outlet was written to after its end");
            IsFull = WillFill;
            WillFill = false;
            return IsFull ? OutletState.Full : OutletState.Ready;
        }

        private void Close()
        {
            IsOver.ShouldBeFalse("an outlet was ended twice");
            IsOver = true;
        }
    }
}
