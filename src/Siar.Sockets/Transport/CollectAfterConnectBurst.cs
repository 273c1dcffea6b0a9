namespace Siar.Sockets;

/// <summary>
/// Asks the collector to give memory back after a burst of connects: once so many streams were handed over within a minute and, for a moment, hardly
/// any more come. Safe for concurrent use.
/// </summary>
internal sealed class CollectAfterConnectBurst : IDisposable
{
    /// <summary>Fewer are not worth a collection of everything.</summary>
    public const int Burst = 1_000;

    /// <summary>Fewer in a pause are quiet. So few in every pause never add up to a burst.</summary>
    public const int Quiet = 20;

    /// <summary>How often it is looked how many more have come.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>What came before that is forgotten: the collector's own work has long dealt with it.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly int[] _came = new int[(int)(Memory / Pause)];
    private readonly ITimer _timer;
    private readonly Action _collect;
    private int _coming;
    private int _next;

    public CollectAfterConnectBurst(TimeProvider time, Action collect)
    {
        _collect = collect;
        _timer = time.CreateTimer(_ => Look(), null, Pause, Pause);
    }

    /// <summary>Collects everything, compacts, and gives what is free to the system.</summary>
    public static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    public void CountTakeover() => Interlocked.Increment(ref _coming);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (IsAfterBurst()) _collect();
    }

    // The timer's calls overlap where a collection takes longer than the pause; then the later one finds that nothing is left to collect for.
    private bool IsAfterBurst()
    {
        lock (_lock)
        {
            var came = Interlocked.Exchange(ref _coming, 0);
            _came[_next] = came;
            _next = (_next + 1) % _came.Length;
            if (came >= Quiet || _came.Sum() < Burst) return false;
            Array.Clear(_came);
            return true;
        }
    }
}
