using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// The hub's only writer. It takes what has queued up, appends it as one commit, shows it to the lanes and answers the publishers:
/// <list type="number">
/// <item>take a batch: what publishers left, up to a bound, and behind it a small share of the hub's own events, so that neither starves;</item>
/// <item>append it to the log: one commit, one sync;</item>
/// <item>come up to the log's head, which may be further than the batch: encode each event once, into the window, and wake the lanes;</item>
/// <item>answer the publishers: what is acknowledged is kept. Only then measure.</item>
/// </list>
/// No exception of the log, a listener, a logger or the lanes' waking ends the loop or leaves a publisher without an answer: every step that
/// calls them is guarded here or, for listeners and loggers, in <see cref="HubMetrics"/>.
/// </summary>
internal sealed class Sequencer
{
    private const int CatchUpEvents = 1_024;
    private const int CatchUpBytes = 1 << 20;

    private readonly IEventLog _log;
    private readonly FrameWindow _window;
    private readonly HubMetrics _metrics;
    private readonly Action _wakeLanes;
    private readonly int _maxBatch;
    private readonly PublishQueue _queue;
    private readonly TimeProvider _time;
    private readonly TimeSpan? _maxAge;
    private readonly EventAges _ages = new(DateTimeOffset.MinValue);

    // Touched by the loop only.
    private readonly List<Publication> _batch = [];
    private readonly List<Append> _appends = [];

    // Set by any thread, taken by the loop.
    private volatile bool _maintenanceDue;

    public Sequencer(IEventLog log, FrameWindow window, HubMetrics metrics, HubOptions options, TimeProvider time, Action wakeLanes)
    {
        _time = time;
        _maxAge = OldestAge(options);
        _log = log;
        _window = window;
        _metrics = metrics;
        _wakeLanes = wakeLanes;
        _maxBatch = options.MaxBatch;
        _queue = new PublishQueue(options.PublishQueue, options.PublishQueueBytes);
    }

    /// <summary>Publishers' events that wait for the loop.</summary>
    public int WaitingEvents => _queue.Events;

    /// <inheritdoc cref="PublishQueue.WriteAsync" />
    public ValueTask EnqueueAsync(Publication publication, CancellationToken cancellationToken) => _queue.WriteAsync(publication, cancellationToken);

    /// <inheritdoc cref="PublishQueue.OfferBehind" />
    public void OfferBehind(Publication publication) => _queue.OfferBehind(publication);

    /// <summary>Runs batches until <see cref="Complete"/> and the queue is empty.</summary>
    public async Task RunAsync()
    {
        while (await _queue.WaitToReadAsync()) await RunBatchAsync();
    }

    /// <summary>
    /// Has the loop let go of frames that are too old, and come up to a head that somebody else moved. May be called from any thread.
    /// </summary>
    public void Maintain()
    {
        _maintenanceDue = true;
        _queue.Wake();
    }

    /// <summary>Takes nothing more; what is queued is still appended.</summary>
    public void Complete() => _queue.Complete();

    /// <summary>Takes nothing more and fails what is queued or in the batch. Only where the loop has ended, or never ran.</summary>
    public void Abandon(Exception reason)
    {
        Complete();
        FailBatch(reason);
        while (_queue.TryRead(out var publication)) publication.Fail(new HubStoppedException());
        if (_queue.TryReadBehind(out var own)) own.Fail(new HubStoppedException());
    }

    /// <summary>Does steps 1 to 4 once.</summary>
    /// <returns>How many publications were answered.</returns>
    public async ValueTask<int> RunBatchAsync()
    {
        TakeBatch();
        if (_maintenanceDue) await MaintainNowAsync();
        if (_batch.Count == 0) return 0;
        var answered = _batch.Count;
        try
        {
            var appended = await AppendAsync();
            await ComeUpSafelyAsync(appended);
            Answer(appended);
        }
        catch (Exception failure)
        {
            // Each publisher is told, and decides what to do.
            FailBatch(LogUnavailableException.Of(failure));
            _metrics.CountFailedPublishes(answered);
        }

        _batch.Clear();
        _appends.Clear();
        return answered;
    }

    private async ValueTask<AppendedBatch> AppendAsync()
    {
        var appended = await _log.AppendAsync(_appends);
        var results = appended.Results;
        if (results.Count == _batch.Count && results.All(r => r is not null)) return appended;
        throw new LogUnavailableException(
            LogState.Unavailable, $"The log answered {results.Count(r => r is not null)} of the {_batch.Count} appends of a batch, and said nothing of the others.") { MayBeKept = true };
    }

    private void FailBatch(Exception failure)
    {
        foreach (var publication in _batch) publication.Fail(failure);
    }

    // What is in the log is acknowledged; lanes that cannot be shown it now are shown it with the next batch, or the next second.
    private async ValueTask ComeUpSafelyAsync(AppendedBatch appended)
    {
        try
        {
            await ComeUpToAsync(appended);
        }
        catch (Exception failure)
        {
            _metrics.CountFailure(failure);
        }
    }

    private async ValueTask MaintainNowAsync()
    {
        _maintenanceDue = false;
        try
        {
            LetGoOfTooOld();
            if (_log.Head is var head && head > _window.Head) await ComeUpToAsync(new AppendedBatch(head, []));
        }
        catch (Exception failure)
        {
            _metrics.CountFailure(failure);
        }
    }

    private void LetGoOfTooOld()
    {
        if (_maxAge is not { } age) return;
        var now = _time.GetUtcNow();
        _ages.See(now, _window.Last);
        _window.EvictOlderThan(now - age, _ages);
    }

    private void TakeBatch()
    {
        var events = 0;
        while (events < _maxBatch && _queue.TryRead(out var publication))
        {
            Take(publication);
            events += publication.Append.Events.Length;
        }

        if (_queue.TryReadBehind(out var own)) Take(own);
    }

    private void Take(Publication publication)
    {
        if (!publication.TryTake()) return;
        _batch.Add(publication);
        _appends.Add(publication.Append);
    }

    private async ValueTask ComeUpToAsync(AppendedBatch appended)
    {
        // Where an attempt before this one failed half-way, what it appended is there.
        var head = Math.Max(_window.Head, _window.Last);
        if (appended.PreviousHead > head) head = await ReadBackAsync(head, appended.PreviousHead);
        for (var i = 0; i < appended.Results.Count; i++)
        {
            if (appended.Results[i].IsRepeat) continue;
            foreach (var logged in appended.Results[i].Events)
            {
                _window.Append(logged, _batch[i].QueuedAt);
                _ages.Note(logged.Time);
                head = logged.Position;
            }
        }

        Show(head);
    }

    // The age that no class keeps an event beyond; null where one keeps events for ever.
    private static TimeSpan? OldestAge(HubOptions options)
    {
        var oldest = options.Retention.MaxAge;
        foreach (var retention in options.RetentionClasses)
        {
            // The log keeps the hub's own for as long as it should; memory need not.
            if (ReferenceEquals(retention, options.ReservedClass)) continue;
            if (retention.Limits.MaxAge is not { } age) return null;
            if (age > oldest) oldest = age;
        }

        return oldest;
    }

    // Somebody else appended to a shared log before us.
    private async ValueTask<long> ReadBackAsync(long after, long head)
    {
        while (after < head)
        {
            var page = await _log.ReadAsync(new LogQuery(after, MatcherSet.All, CatchUpEvents, CatchUpBytes));

            // What was trimmed before it was read here, or cannot be read, is missing from the page: readers that are level find that out in the log, not here.
            if (page.Damage is not null) _window.BeginAfter(Math.Min(page.ReadThrough, head));
            if (page.Trimmed.Highest > after) _window.BeginAfter(Math.Min(page.Trimmed.Highest, head));
            foreach (var logged in page.Events)
            {
                if (logged.Position > head) break;
                _window.Append(logged);
                _ages.Note(logged.Time);
            }

            if (page.ReadThrough <= after) throw new InvalidOperationException($"The log read no further than position {after}, though its head is {head}.");
            after = page.ReadThrough;
        }

        return head;
    }

    private void Show(long head)
    {
        _window.Publish(head);
        _wakeLanes();
    }

    private void Answer(AppendedBatch appended)
    {
        for (var i = 0; i < _batch.Count; i++) _batch[i].Succeed(appended.Results[i]);
        for (var i = 0; i < _batch.Count; i++)
        {
            if (appended.Results[i] is { IsRepeat: false, Refusal: null }) _metrics.CountPublish(_batch[i]);
        }
    }
}
