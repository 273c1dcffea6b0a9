using System.Threading.Channels;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// Reads the log on behalf of lanes, which never wait for storage. Requests for the same page are one reading; pages that are out with
/// readers are bounded in number, and those read last are kept within a byte budget.
/// </summary>
internal sealed class PageLoader
{
    private const int MaxPagesOut = 64;

    private readonly IEventLog _log;
    private readonly HubTuning _tuning;
    private readonly Action<Exception> _onFailure;
    private readonly Action _onDamage;
    private readonly Channel<PageKey> _queue = Channel.CreateUnbounded<PageKey>();
    private readonly SemaphoreSlim _places = new(MaxPagesOut);

    // Guarded by the lock on _waiting; held for a look-up, never while the log is read.
    private readonly Dictionary<PageKey, List<Waiter>> _waiting = [];
    private readonly PageCache _cache;
    private Epoch _cachedIn;
    private long _damagedThrough;

    private readonly LossCache _lost = new();

    /// <summary>Makes a pool that reads nothing before <see cref="RunAsync"/>.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cacheBytes">Memory for pages read last.</param>
    /// <param name="tuning">How much is read at a time.</param>
    /// <param name="onFailure">Told of a reading that failed.</param>
    /// <param name="onDamage">Counts places that the log cannot read.</param>
    public PageLoader(IEventLog log, long cacheBytes, HubTuning tuning, Action<Exception> onFailure, Action onDamage)
    {
        _onDamage = onDamage;
        _tuning = tuning;
        _log = log;
        _onFailure = onFailure;
        _cache = new PageCache(cacheBytes);
    }

    /// <summary>How many distinct pages are waited for.</summary>
    public int Waiting
    {
        get
        {
            lock (_waiting) return _waiting.Count;
        }
    }

    /// <summary>The highest position that the log could not read since the hub was started; 0 where it could read everything that was asked for.</summary>
    public long DamagedThrough
    {
        get
        {
            lock (_waiting) return _damagedThrough;
        }
    }

    /// <summary>Asks for the page after a position; the lane is told when it is there. Never waits for the log.</summary>
    public void Request(Subscriber subscriber, ILaneInbox lane, PageKey key)
    {
        lock (_waiting)
        {
            if (_waiting.TryGetValue(key, out var waiters))
            {
                waiters.Add(new Waiter(subscriber, lane));
                return;
            }

            _waiting.Add(key, [new Waiter(subscriber, lane)]);
        }

        _queue.Writer.TryWrite(key);
    }

    /// <summary>Serves requests until <see cref="Complete"/>. Run as many of these as readings may go on at once.</summary>
    public async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync()) await RunOneAsync();
    }

    /// <summary>Serves one request, if there is one.</summary>
    /// <returns>Whether there was.</returns>
    public async ValueTask<bool> RunOneAsync()
    {
        await _places.WaitAsync();
        if (!_queue.Reader.TryRead(out var key))
        {
            _places.Release();
            return false;
        }

        SharedPage? page = null;
        var isCurrent = false;
        try
        {
            // A page of an epoch that has ended may hold what is lost.
            var epoch = _log.Epoch;
            page = FindCached(key, epoch) ?? await ReadAsync(key);
            isCurrent = epoch == _log.Epoch;
        }
        catch (LogUnavailableException failure) when (failure.State is LogState.Damaged)
        {
            NoteDamage(key.After + 1, failure);
        }
        catch (Exception failure)
        {
            _onFailure(failure);
        }

        HandOut(key, page, isCurrent);
        return true;
    }

    /// <summary>Takes no more requests.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    private SharedPage? FindCached(PageKey key, Epoch epoch)
    {
        SharedPage? page;
        lock (_waiting)
        {
            if (_cachedIn != epoch) _cache.Clear();
            _cachedIn = epoch;
            page = _cache.Find(key);
        }

        // What was trimmed since the page was read is gone for everybody alike, or a reader's place would depend on the cache.
        if (page is null) return null;
        var lost = _lost.Of(_log.Trimmed, key);
        if (lost.FloorSince(page.Lost, MatcherSet.All, page.Block.Through) > key.After) return null;
        page.Confirm(lost);
        return page;
    }

    private async ValueTask<SharedPage> ReadAsync(PageKey key)
    {
        var page = await _log.ReadAsync(new LogQuery(key.After, key.Matchers, _tuning.PageEvents, _tuning.PageBytes) { Selection = key.Selection });
        // What hubs write for each other is no reader's.
        if (page.Events.Any(e => e.Content.IsRevocation)) page = page with { Events = page.Events.RemoveAll(e => e.Content.IsRevocation) };
        if (page.Damage is { } damage) NoteDamage(page.ReadThrough, new LogUnavailableException(LogState.Damaged, damage));
        return new SharedPage(key, FrameBlock.FromPage(key.After, page, _cache.Encodings), _lost.Of(page.Trimmed, key), _ => _places.Release()) { IsDamaged = page.Damage is not null };
    }

    private void NoteDamage(long through, LogUnavailableException failure)
    {
        lock (_waiting) _damagedThrough = Math.Max(_damagedThrough, through);
        _onDamage();
        _onFailure(failure);
    }

    // The loop goes on and no reader of the page is forgotten, whatever fails: the cache, or one of the lanes.
    private void HandOut(PageKey key, SharedPage? page, bool isCurrent)
    {
        List<Waiter>? waiters;
        lock (_waiting)
        {
            _waiting.Remove(key, out waiters);
            // What is the newest changes: only those who wait for it now share it.
            if (page is { IsDamaged: false } && key.Selection is null && isCurrent) Guarded(page, _cache.Add);
            else page?.Block.Drop();
        }

        // A page that is out already has its place; its last reader gives it back.
        if (page is null || page.Take(waiters!.Count)) _places.Release();
        foreach (var waiter in waiters!)
        {
            if (!Guarded(LaneMessage.PageRead(waiter.Subscriber, page), waiter.Lane.Post)) page?.Release();
        }
    }

    private bool Guarded<T>(T argument, Action<T> action)
    {
        try
        {
            action(argument);
            return true;
        }
        catch (Exception failure)
        {
            _onFailure(failure);
            return false;
        }
    }

    private readonly record struct Waiter(Subscriber Subscriber, ILaneInbox Lane);
}
