using Siar.Hub;
using Siar.Wire;

namespace Siar.Bench.Storage;

/// <summary>An outlet that costs nothing: it counts what it is given, and says when it has enough and when it is level.</summary>
internal sealed class CountingOutlet(Crowd crowd) : Outlet
{
    private int _events;

    public override bool TakesSignals => true;

    public override WriteResult Write(ReadOnlySpan<Frame> frames)
    {
        _events += frames.Length;
        if (_events >= crowd.Wanted && _events - frames.Length < crowd.Wanted) crowd.NoteServed();
        return OutletState.Ready;
    }

    public override OutletState WriteKeepAlive(EventId? cursor) => OutletState.Ready;

    public override OutletState WriteGap(Gap gap) => throw new InvalidOperationException($"A gap: {gap}");

    public override OutletState WriteLive(EventId cursor)
    {
        crowd.NoteLevel();
        return OutletState.Ready;
    }

    public override void End(int? retryMilliseconds)
    {
    }

    public override void Abort()
    {
    }
}

/// <summary>Many readers, and how far they are.</summary>
/// <param name="size">How many.</param>
/// <param name="wanted">How many events each is to get.</param>
internal sealed class Crowd(int size, int wanted)
{
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _level = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _servedCount;
    private int _levelCount;

    public int Size => size;

    public int Wanted => wanted;

    /// <summary>Completes when every reader has its events.</summary>
    public Task Served => _served.Task;

    /// <summary>Completes when every reader is level with the log.</summary>
    public Task Level => _level.Task;

    public void NoteServed()
    {
        if (Interlocked.Increment(ref _servedCount) == size) _served.SetResult();
    }

    public void NoteLevel()
    {
        if (Interlocked.Increment(ref _levelCount) == size) _level.SetResult();
    }
}
