namespace Siar.Hub;

/// <summary>One reader's hold on a shared page. What pages are out is bounded, so a lane lets go as soon as it has written the page.</summary>
internal sealed class LogPageLease(SharedPage page)
{
    private bool _released;

    /// <summary>What the page is of.</summary>
    public PageKey Key => page.Key;

    public FrameBlock Block => page.Block;

    /// <inheritdoc cref="SharedPage.IsDamaged" />
    public bool IsDamaged => page.IsDamaged;

    /// <summary>What of the page's matchers had been trimmed when the page was last known to be what the log has.</summary>
    public Losses Lost => page.Lost;

    /// <summary>Lets go. The lane that holds the lease calls it, once or again.</summary>
    public void Release()
    {
        if (_released) return;
        _released = true;
        page.Release();
    }
}
