namespace Siar.Hub;

/// <summary>
/// The one loop that fills the window: it takes the log's tail, whoever appended it, encodes each event once and wakes the lanes. What was trimmed
/// before it came here, or cannot be read, it leaves out of the window, so that readers that are level look in the log and are told a gap.
/// <para>
/// No exception of the log, a logger or the lanes' waking ends the loop, nor makes it spin: it pauses, ever longer up to a second, and tries again.
/// </para>
/// </summary>
internal sealed class Follower
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly IEventLog _log;
    private readonly FrameWindow _window;
    private readonly HubMetrics _metrics;
    private readonly Revocations _revocations;
    private readonly Action _wakeLanes;
    private readonly MemberDirectory? _directory;
    private readonly TimeProvider _time;
    private readonly HubOptions _options;
    private readonly EventAges _ages = new(DateTimeOffset.MinValue);
    private readonly CancellationTokenSource _stopping = new();

    // Held while the window is changed: by the loop, and each second by the hub's timer.
    private readonly Lock _gate = new();

    public Follower(IEventLog log, FrameWindow window, HubMetrics metrics, HubOptions options, TimeProvider time, Revocations revocations, Action wakeLanes, MemberDirectory? directory = null)
    {
        _log = log;
        _window = window;
        _metrics = metrics;
        _time = time;
        _options = options;
        _revocations = revocations;
        _wakeLanes = wakeLanes;
        _directory = directory;
    }

    /// <summary>Follows the log until <see cref="Stop"/>.</summary>
    public async Task RunAsync()
    {
        var pause = ShortestPause;
        while (!_stopping.IsCancellationRequested)
        {
            if (await TakeAsync())
            {
                pause = ShortestPause;
                continue;
            }

            await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Waits until something stands behind what is in the window, and takes a page of it. Never throws.</summary>
    /// <returns>Whether that went well.</returns>
    public async ValueTask<bool> TakeAsync()
    {
        try
        {
            // Where an attempt before this one failed half-way, what it appended is there.
            var after = Math.Max(_window.Head, _window.Last);
            await _revocations.LoadAsync(after, _stopping.Token);
            var page = await _log.ReadTailAsync(after, _stopping.Token);
            await _revocations.TakeAsync(page, after, _stopping.Token);
            Show(page, after);
            return true;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception failure)
        {
            _metrics.CountFailure(failure);
            return false;
        }
    }

    /// <summary>Lets go of frames that are too old, so that a limit of age holds for memory too. May be called from any thread.</summary>
    public void LetGoOfTooOld()
    {
        if (OldestAge() is not { } age) return;
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            _ages.See(now, _window.Last);
            _window.EvictOlderThan(now - age, _ages);
        }
    }

    /// <summary>Ends the loop.</summary>
    public void Stop() => _stopping.Cancel();

    private void Show(LogPage page, long after)
    {
        if (page.ReadThrough < after && page.Events.IsEmpty)
        {
            BeginEpoch(page.ReadThrough);
            return;
        }

        if (page.ReadThrough <= after) throw new InvalidOperationException($"The log read no further than position {after}, though it said that there is more.");
        lock (_gate)
        {
            // What was trimmed before it was read here, or cannot be read, is missing from the page: readers that are level find that out in the log.
            if (page.Damage is not null) _window.BeginAfter(page.ReadThrough);
            if (page.Trimmed.Highest > after) _window.BeginAfter(Math.Min(page.Trimmed.Highest, page.ReadThrough));
            for (var i = 0; i < page.Events.Length; i++)
            {
                // What hubs write for each other is no reader's.
                if (page.Events[i].Content.IsRevocation) continue;
                _window.Append(page.Events[i], i < page.QueuedAt.Length ? page.QueuedAt[i] : 0);
                _ages.Note(page.Events[i].Time);
            }

            _window.Publish(page.ReadThrough);
        }

        _directory?.Hear(page, after);

        _wakeLanes();
    }

    // What was read after that position is lost: what it was is in the window and with the readers, whose streams the lanes end.
    private void BeginEpoch(long after)
    {
        lock (_gate)
        {
            _window.BeginEpoch(after);
            _ages.Forget(long.MaxValue);
        }

        _directory?.Lose(after);

        _metrics.CountFailure(new LogUnavailableException(
            LogState.Damaged, $"The log has lost what stood behind position {after}, as after a failover, and goes on in another epoch. Every stream is ended, and readers are told when they come back."));

        _wakeLanes();
    }

    // The age that no class keeps an event beyond; null where one keeps events for ever.
    private TimeSpan? OldestAge()
    {
        var oldest = TimeSpan.Zero;
        foreach (var retention in _log.Plan.Classes)
        {
            // The log keeps the hub's own for as long as it should; memory need not.
            if (retention.Prefix.Length > 0 && (retention.Prefix == _options.ReservedClass?.Prefix || retention.Prefix == RevocationFact.Class.Prefix)) continue;
            if (retention.Limits.MaxAge is not { } age) return null;
            if (age > oldest) oldest = age;
        }

        return oldest;
    }
}
