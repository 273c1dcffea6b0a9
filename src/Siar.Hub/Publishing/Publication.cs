namespace Siar.Hub;

/// <summary>One publisher's append on its way through the sequencer.</summary>
internal sealed class Publication(Append append, long queuedAt)
{
    private readonly TaskCompletionSource<Published> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Append Append { get; } = append;

    /// <summary>When it was queued, as a timestamp of the hub's clock.</summary>
    public long QueuedAt { get; } = queuedAt;

    /// <summary>Completes when the events are as safe as the log promises; fails where nothing was published.</summary>
    public Task<Published> Done => _done.Task;

    public void Succeed(Appended appended)
    {
        if (appended.Refusal is { } refusal) _done.TrySetException(new PublishRefusedException(refusal));
        else _done.TrySetResult(new Published(appended.Events, appended.IsRepeat));
    }

    public void Fail(Exception failure) => _done.TrySetException(failure);
}
