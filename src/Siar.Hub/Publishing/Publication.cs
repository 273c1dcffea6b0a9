using System.Collections.Immutable;

namespace Siar.Hub;

/// <summary>One publisher's append on its way through the sequencer.</summary>
internal sealed class Publication(Append append, long queuedAt)
{
    private readonly TaskCompletionSource<ImmutableArray<LoggedEvent>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Append Append { get; } = append;

    /// <summary>When it was queued, as a timestamp of the hub's clock.</summary>
    public long QueuedAt { get; } = queuedAt;

    /// <summary>Completes when the events are as safe as the log promises.</summary>
    public Task<ImmutableArray<LoggedEvent>> Done => _done.Task;

    public void Succeed(Appended appended) => _done.TrySetResult(appended.Events);

    public void Fail(Exception failure) => _done.TrySetException(failure);
}
