namespace Siar.Hub;

/// <summary>
/// That a stream has ended, and whoever waits for it: nothing is made before somebody asks. Its field holds nothing, an action, a task together with an
/// action, or the reason. Safe for concurrent use.
/// </summary>
internal struct SubscriberEnd
{
    private object? _state;

    /// <summary>A task that completes with the reason.</summary>
    public Task<EndReason> Wait()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state is EndReason reason) return Task.FromResult(reason);
            if (state is Waiting { Task: var task }) return task.Task;
            var waiting = new Waiting(new TaskCompletionSource<EndReason>(TaskCreationOptions.RunContinuationsAsynchronously), (Action<Subscriber>?)state);
            if (Interlocked.CompareExchange(ref _state, waiting, state) == state) return waiting.Task.Task;
        }
    }

    /// <summary>Has an action done at the end.</summary>
    public void Then(Subscriber subscriber, Action<Subscriber> action)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state is EndReason)
            {
                action(subscriber);
                return;
            }

            object next = state is Waiting waiting ? waiting with { Action = action } : action;
            if (Interlocked.CompareExchange(ref _state, next, state) == state) return;
        }
    }

    /// <summary>Says that it has ended. Called once.</summary>
    public void Set(Subscriber subscriber, EndReason reason)
    {
        switch (Interlocked.Exchange(ref _state, reason))
        {
            case Action<Subscriber> action:
                action(subscriber);
                break;
            case Waiting waiting:
                waiting.Task.TrySetResult(reason);
                waiting.Action?.Invoke(subscriber);
                break;
        }
    }

    private sealed record Waiting(TaskCompletionSource<EndReason> Task, Action<Subscriber>? Action);
}
