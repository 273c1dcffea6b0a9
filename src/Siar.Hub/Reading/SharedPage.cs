using Siar.Topics;

namespace Siar.Hub;

/// <summary>What a page is of: readers with equal keys share it.</summary>
internal readonly record struct PageKey(MatcherSet Matchers, long After, EventSelection? Selection = null);

/// <summary>
/// A page of the log as frames, held by some readers. Calls back when the last lets go, which each does once: the number of pages that are out is bounded.
/// </summary>
internal sealed class SharedPage(PageKey key, FrameBlock block, Losses lost, Action<SharedPage> onIdle)
{
    private int _leases;
    private Losses _lost = lost;

    public PageKey Key { get; } = key;

    public FrameBlock Block { get; } = block;

    /// <summary>Whether the page stands for events that the log cannot read.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>What of the page's matchers had been trimmed when the page was last known to be what the log has.</summary>
    public Losses Lost => Volatile.Read(ref _lost);

    /// <summary>The memory that the page holds.</summary>
    public long Cost { get; } = block.Cost + 512;

    /// <summary>Hands the page to some more readers at once.</summary>
    /// <returns>Whether it was out with others already.</returns>
    public bool Take(int readers) => Interlocked.Add(ref _leases, readers) > readers;

    /// <summary>Says that what was trimmed since took nothing that was on the page.</summary>
    public void Confirm(Losses now) => Volatile.Write(ref _lost, now);

    /// <summary>One of its readers lets go.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) == 0) onIdle(this);
    }
}
