namespace Siar.Hub;

/// <summary>
/// Runs a lane's turns on the thread pool, one turn a work item and never two at once. A turn's flushes then wait in the server's sending
/// queue until the turn is over and leave together; a thread of the lane's own and the server's sender would wake each other for each one.
/// A thread that has just published takes the turn itself where the lane is asleep and has little to do: then no thread is woken.
/// </summary>
internal sealed class LaneLoop : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<Exception> _onFailure;
    private readonly Lane _lane;
    private readonly ITimer _timer;
    private long _armedFor = long.MaxValue;
    private volatile bool _stopping;

    // Who has it owns the lane.
    private LoopTurn _turn;

    public LaneLoop(Lane lane, Action<Exception> onFailure)
    {
        _onFailure = onFailure;
        _lane = lane;
        lane.Wake = Wake;
        _timer = lane.Clock.Time.CreateTimer(static loop => ((LaneLoop)loop!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Has the lane do a turn soon. May be called from any thread: what was posted before is seen by a turn that begins after.</summary>
    public void Wake()
    {
        if (_turn.Wake()) QueueTurn();
    }

    /// <summary>The same, but on the calling thread and at once, where the lane is asleep and the turn would be a short one.</summary>
    public void TakeTurnInPlace()
    {
        if (_turn.TryTake()) EndTurn(TurnSafely(static lane => !lane.TryTurnInPlace(out var more) || more));
        else Wake();
    }

    /// <summary>Has the lane do a turn soon, unless it is asleep and the turn would be a short one, that the caller then takes in place.</summary>
    /// <returns>Whether the caller does.</returns>
    public bool WakeUnlessShort()
    {
        if (!_turn.TryTake())
        {
            Wake();
            return false;
        }

        var isShort = !TurnSafely(static lane => !lane.IsTurnShort());
        if (isShort && _turn.TryRest()) return true;
        _turn.Postpone();
        QueueTurn();
        return false;
    }

    /// <summary>Ends the loop. The task completes when no turn runs and none will.</summary>
    public Task StopAsync()
    {
        _stopping = true;
        Wake();
        return _stopped.Task;
    }

    void IThreadPoolWorkItem.Execute()
    {
        _turn.Begin();
        if (_stopping)
        {
            // The turn is never ended, so that nothing queues the loop again.
            _timer.Dispose();
            _stopped.TrySetResult();
            return;
        }

        EndTurn(TurnSafely(static lane => lane.Turn()));
    }

    private void EndTurn(bool more)
    {
        if (!more && _turn.TryRest()) return;
        _turn.Postpone();
        QueueTurn();
    }

    // Where there is no memory for a work item, the loop sleeps until the hub wakes it, which it does once a second.
    private void QueueTurn()
    {
        try
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        catch (Exception failure)
        {
            _turn.GiveUp();
            _onFailure(failure);
        }
    }

    // What fails is guarded where it happens, so that it harms one subscriber or one group. A turn that fails as a whole must neither end the loop
    // that everybody else's streams depend on nor spin: it is tried again when there is something new, or after a second, when the hub wakes every lane.
    private bool TurnSafely(Func<Lane, bool> turn)
    {
        try
        {
            var more = turn(_lane);
            if (!more) ArmTimer();
            return more;
        }
        catch (Exception failure)
        {
            _onFailure(failure);
            return false;
        }
    }

    // The timer is changed only where it would come too late: it costs a lock of the runtime's, and coming too early no more than a turn.
    private void ArmTimer()
    {
        var due = _lane.NextDeadline;
        var now = _lane.Clock.Milliseconds;
        if (due == long.MaxValue || (_armedFor > now && _armedFor <= due)) return;
        _armedFor = due;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(due - now, 0, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }
}
