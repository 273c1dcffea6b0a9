namespace Siar.Storage.Sqlite.Threads;

/// <summary>
/// Work behind the publishers' backs, done by one at a time. A failure is told once, until it is another one or the work has succeeded: a
/// disk that stays full fails it each second. May be used from any thread.
/// </summary>
/// <param name="work">What is done.</param>
/// <param name="onFailure">Told of what fails; what it throws is let go.</param>
internal sealed class BackgroundWork(Func<Task> work, Action<Exception> onFailure)
{
    private string? _told;
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Has the work done soon, unless it is going on. Does not throw.</summary>
    public void Begin() => _ = BeginAsync();

    /// <summary>Has the work done from its beginning, after what of it is going on. Does not fail.</summary>
    public async Task DoAsync()
    {
        Task before;
        lock (_gate) before = _running;
        await before;
        await BeginAsync();
    }

    /// <summary>Tells of a failure, unless it was told last. Does not throw.</summary>
    public void Tell(Exception failure)
    {
        if (failure.Message == _told) return;
        try
        {
            onFailure(failure);
            _told = failure.Message;
        }
        catch (Exception)
        {
            // A logger that fails, as on a full disk: told again the next time.
            _told = null;
        }
    }

    private Task BeginAsync()
    {
        lock (_gate) return _running.IsCompleted ? _running = RunAsync() : _running;
    }

    private async Task RunAsync()
    {
        try
        {
            await work();
            _told = null;
        }
        catch (ObjectDisposedException)
        {
            // The log is closed: the next opening goes on with it.
        }
        catch (Exception failure)
        {
            Tell(failure);
        }
    }
}
