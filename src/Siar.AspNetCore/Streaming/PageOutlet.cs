using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>
/// Collects one page of events. It is done when the page is complete, or when the reader is level with the log and there is something to
/// tell, or need be nothing. Its lane alone fills it; it is read after the lane has let go.
/// </summary>
/// <param name="maxEvents">Events that make the page complete.</param>
/// <param name="maxBytes">Data that makes the page complete.</param>
/// <param name="waits">Whether a page without anything on it waits for the first event.</param>
internal sealed class PageOutlet(int maxEvents, int maxBytes, bool waits) : Outlet
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<LoggedEvent> _events = [];
    private long _bytes;
    private volatile bool _isLevel;

    /// <summary>Completes when there is no need to wait longer.</summary>
    public Task Done => _done.Task;

    /// <summary>The events, oldest first.</summary>
    public IReadOnlyList<LoggedEvent> Events => _events;

    /// <summary>Topics that were closed.</summary>
    public List<Topic> Closed { get; } = [];

    /// <summary>What the reader has missed before the first event; null where nothing.</summary>
    public Gap? Gap { get; private set; }

    /// <summary>Whether there is nothing to tell on the page.</summary>
    public bool IsEmpty => _events.Count == 0 && Gap is null && Closed.Count == 0;

    /// <summary>Whether the page is full: the same request will find the same events.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether the lane came further than the page, which then ends with its last event.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>Whether the reader came level with the log: the page tells everything that there is.</summary>
    public bool IsLevel => _isLevel;

    public override bool TakesSignals => true;

    public override WriteResult Write(ReadOnlySpan<Frame> frames)
    {
        foreach (ref readonly var frame in frames)
        {
            var logged = frame.Event;
            if (logged.Content.IsClosing)
            {
                Closed.Add(logged.Content.Topics[0]);
                continue;
            }

            if (_events.Count > 0 && _bytes + logged.Content.Data.Length > maxBytes) return Complete();
            _events.Add(logged);
            _bytes += logged.Content.Data.Length;
            if (_events.Count == maxEvents) return Complete();
        }

        return _isLevel ? Finish() : OutletState.Ready;
    }

    public override OutletState WriteKeepAlive(EventId? cursor) => OutletState.Ready;

    public override OutletState WriteGap(Gap gap)
    {
        // Behind what is on the page already: the next page begins with it.
        if (_events.Count > 0)
        {
            IsCutShort = true;
            return Finish();
        }

        Gap = gap;
        return OutletState.Ready;
    }

    public override OutletState WriteLive(EventId cursor)
    {
        _isLevel = true;
        return waits && IsEmpty ? OutletState.Ready : Finish();
    }

    public override void End(int? retryMilliseconds) => _done.TrySetResult();

    public override void Abort() => _done.TrySetResult();

    private OutletState Complete()
    {
        IsComplete = true;
        IsCutShort = true;
        return Finish();
    }

    // Full: the lane offers nothing more.
    private OutletState Finish()
    {
        _done.TrySetResult();
        return OutletState.Full;
    }
}
