namespace Siar.Client;

/// <summary>Ends a wait or a read early: for the application's wish, for silence, or because the stream is over. Used again until it has fired.</summary>
internal sealed class StreamStep : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _stop;
    private volatile bool _isRestart;

    public StreamStep(CancellationToken stop, TimeProvider time)
    {
        _stop = stop;
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _registration = stop.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether it can be used no more.</summary>
    public bool HasFired => _source.IsCancellationRequested;

    /// <summary>Whether the application has asked to connect anew.</summary>
    public bool IsRestart => _isRestart && !_stop.IsCancellationRequested;

    /// <summary>Whether nothing came in time.</summary>
    public bool IsTimeout => HasFired && !_isRestart && !_stop.IsCancellationRequested;

    /// <summary>Begins to count silence.</summary>
    public void EndAfter(TimeSpan timeout)
    {
        if (timeout != Timeout.InfiniteTimeSpan) _source.CancelAfter(timeout);
    }

    /// <summary>Something has come.</summary>
    /// <returns>Whether it came before the time was over.</returns>
    public bool Continue()
    {
        _source.CancelAfter(Timeout.InfiniteTimeSpan);
        return !IsTimeout;
    }

    public void Restart()
    {
        _isRestart = true;
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The reader has just left it: there is nothing to end.
        }
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
