namespace Siar.Hub;

/// <summary>
/// One publisher's append on its way through the sequencer. Until the sequencer takes it, it can be cancelled, and nothing of it is appended;
/// from then on it is appended, and its outcome is all that ends it. Safe for concurrent use.
/// </summary>
internal sealed class Publication(Append append, long queuedAt)
{
    private const int Queued = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;

    private readonly TaskCompletionSource<Published> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = Queued;

    public Append Append { get; } = append with { QueuedAt = queuedAt };

    /// <summary>When it was queued, as a timestamp of the hub's clock.</summary>
    public long QueuedAt => Append.QueuedAt;

    /// <summary>Completes when the events are as safe as the log promises; fails where nothing was published.</summary>
    public Task<Published> Done => _done.Task;

    /// <summary>Waits for <see cref="Done"/>. Cancellation before the sequencer takes the publication cancels it; afterwards it changes nothing.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before it was taken; nothing was published.</exception>
    public Task<Published> WaitAsync(CancellationToken cancellationToken) => Done.IsCompleted ? Done : WaitCancellableAsync(cancellationToken);

    /// <summary>Takes it for a batch. False when it was cancelled before.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

    public void Succeed(Appended appended)
    {
        if (appended.Refusal is { } refusal) _done.TrySetException(new PublishRefusedException(refusal));
        else _done.TrySetResult(new Published(appended.Events, appended.IsRepeat));
    }

    /// <summary>Fails it, unless it was answered.</summary>
    public void Fail(Exception failure) => _done.TrySetException(failure);

    private async Task<Published> WaitCancellableAsync(CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static (publication, token) => ((Publication)publication!).Cancel(token), this)) return await Done;
    }

    private void Cancel(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Queued) == Queued) _done.TrySetCanceled(token);
    }
}
