namespace Siar.Hub;

/// <summary>
/// Whose turn a loop is: that of one thread at a time, either the loop's own or one that finds it asleep and takes the turn itself. All transitions:
/// <code>
/// asleep ──Wake──> due ──Begin──> in turn ──TryRest──> asleep
///    └────────TryTake──────────────┘ │ └──Postpone──> due
///                                   Wake
///                                    └──> in turn and due: TryRest is refused
/// </code>
/// Each way through <see cref="Wake"/> is a full fence: what was left before is seen by a turn that begins after, or by the one that is refused its rest.
/// </summary>
internal struct LoopTurn
{
    private const int Asleep = 0;
    private const int Due = 1;
    private const int InTurn = 2;
    private const int InTurnAndDue = 3;

    // Set by a thread that serves requests one after the other, while others wait for it.
    [ThreadStatic]
    private static bool _othersWait;

    private int _state;

    /// <summary>
    /// Whether requests wait for this thread, or work for the thread pool: then the hub is not quiet, and a publish joins those of others in a batch, which costs
    /// less than a turn for each. A thread that serves requests itself says so of its own.
    /// </summary>
    public static bool OthersWait
    {
        get => _othersWait || ThreadPool.PendingWorkItemCount > 0;
        set => _othersWait = value;
    }

    /// <summary>
    /// In what a turn runs that is taken on another's thread: nothing that flows with what the thread was doing, such as a caller's asynchronous locals,
    /// gets into the hub.
    /// </summary>
    public static ExecutionContext Context { get; } = CaptureNone();

    /// <summary>Whether what is awaited in a turn on this thread would go on on the thread pool, and not where a caller wants its own code to run.</summary>
    public static bool IsPossibleHere => SynchronizationContext.Current is null && TaskScheduler.Current == TaskScheduler.Default;

    /// <summary>Says that there is something to do. May be called from any thread.</summary>
    /// <returns>Whether the caller is to have the loop begin a turn: it is asked of one caller only.</returns>
    public bool Wake()
    {
        while (true)
        {
            switch (Interlocked.CompareExchange(ref _state, Due, Asleep))
            {
                case Asleep:
                    return true;
                case InTurn when Interlocked.CompareExchange(ref _state, InTurnAndDue, InTurn) != InTurn:
                    continue;
                default:
                    return false;
            }
        }
    }

    /// <summary>Takes the turn of a loop that is asleep.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, InTurn, Asleep) == Asleep;

    /// <summary>The loop begins the turn that is due, or goes on in the one that it has: what it is woken for from now on is noticed at its end.</summary>
    public void Begin() => Interlocked.Exchange(ref _state, InTurn);

    /// <summary>Ends the turn, unless the loop was woken since it began.</summary>
    public bool TryRest() => Interlocked.CompareExchange(ref _state, Asleep, InTurn) == InTurn;

    /// <summary>Ends the turn with more to do: the caller has the loop begin another.</summary>
    public void Postpone() => Interlocked.Exchange(ref _state, Due);

    /// <summary>The turn that was due could not be begun: the loop sleeps until it is woken again.</summary>
    public void GiveUp() => Interlocked.Exchange(ref _state, Asleep);

    // A thread that is started so has no context of another's.
    private static ExecutionContext CaptureNone()
    {
        ExecutionContext? none = null;
        var thread = new Thread(() => none = ExecutionContext.Capture()) { IsBackground = true };
        thread.UnsafeStart();
        thread.Join();
        return none!;
    }
}
