using System.Collections.Immutable;
using Siar.Wire;

namespace Siar.Hub.Tests;

/// <summary>Notes on which threads it is written to.</summary>
internal sealed class ThreadOutlet(bool writesInPlace) : Outlet
{
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ImmutableArray<int> Threads { get; private set; } = [];

    public Task Written => _written.Task;

    public Exception? Failure { get; set; }

    public Action? OnWrite { get; init; }

    public bool IsSilent { get; init; }

    public override bool TakesSignals => false;

    public override bool WritesInPlace => writesInPlace;

    public override WriteResult Write(ReadOnlySpan<Frame> frames)
    {
        if (IsSilent) return OutletState.Ready;
        if (Failure is { } failure) throw failure;
        Threads = Threads.Add(Environment.CurrentManagedThreadId);
        OnWrite?.Invoke();
        _written.TrySetResult();
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
