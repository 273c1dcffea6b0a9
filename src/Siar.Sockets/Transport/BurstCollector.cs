namespace Siar.Sockets;

/// <summary>
/// Asks the collector to give memory back after a burst of connects: once at least so many streams were handed over and, for a moment, no more
/// came. Safe for concurrent use.
/// </summary>
internal sealed class BurstCollector : IDisposable
{
    /// <summary>Fewer are not worth a collection of everything.</summary>
    public const int Burst = 1_000;

    /// <summary>How often it is looked whether more have come.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ITimer _timer;
    private readonly Action _collect;
    private long _handedOver;
    private long _seen;
    private long _collected;

    public BurstCollector(TimeProvider time, Action collect)
    {
        _collect = collect;
        _timer = time.CreateTimer(_ => Look(), null, Pause, Pause);
    }

    /// <summary>Collects everything, compacts, and gives what is free to the system.</summary>
    public static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    public void CountHandOver() => Interlocked.Increment(ref _handedOver);

    public void Dispose() => _timer.Dispose();

    // The timer's calls may overlap only if a collection takes longer than the pause; then the later one finds nothing new.
    private void Look()
    {
        var now = Interlocked.Read(ref _handedOver);
        var isQuiet = Interlocked.Exchange(ref _seen, now) == now;
        if (!isQuiet || now - Interlocked.Read(ref _collected) < Burst) return;
        Interlocked.Exchange(ref _collected, now);
        _collect();
    }
}
