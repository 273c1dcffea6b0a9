namespace Siar.Hub;

/// <summary>Runs a lane on a thread of its own, which sleeps while there is nothing to do.</summary>
internal sealed class LaneThread : IDisposable
{
    // Never disposed of: whoever holds an outlet's signal may use it at any time, also late. Its handle goes with it.
    private readonly AutoResetEvent _signal = new(initialState: false);
    private readonly Thread _thread;
    private readonly Action<Exception> _onFailure;
    private readonly Lane _lane;
    private int _signalled;
    private volatile bool _stopping;

    public LaneThread(int number, Lane lane, Action<Exception> onFailure)
    {
        _onFailure = onFailure;
        _lane = lane;
        lane.Wake = Wake;
        _thread = new Thread(Run) { Name = $"Siar lane {number}", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Has the lane do a turn soon. May be called from any thread; costs a system call only when the lane sleeps.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _signalled, 1) == 0) _signal.Set();
    }

    /// <summary>Ends the loop after the turn that it is in.</summary>
    public void Dispose()
    {
        _stopping = true;
        Wake();
        if (_thread.IsAlive) _thread.Join();
    }

    private void Run()
    {
        while (!_stopping)
        {
            _signal.WaitOne();
            // A full fence: what was posted before somebody saw the 1 must be seen by the turn.
            Interlocked.Exchange(ref _signalled, 0);
            while (!_stopping && TurnSafely())
            {
            }
        }
    }

    // An outlet's failure must not end the loop that everybody else's streams depend on.
    private bool TurnSafely()
    {
        try
        {
            return _lane.Turn();
        }
        catch (Exception failure)
        {
            _onFailure(failure);
            return true;
        }
    }
}
