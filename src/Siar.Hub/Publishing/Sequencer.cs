namespace Siar.Hub;

/// <summary>
/// The hub's only writer. It takes what has queued up, appends it as one commit and answers the publishers:
/// <list type="number">
/// <item>take a batch: what publishers left, up to a bound, and behind it a small share of the hub's own events, so that neither starves;</item>
/// <item>append it to the log: one commit, one sync;</item>
/// <item>answer the publishers: what is acknowledged is kept. Only then measure.</item>
/// </list>
/// What is appended comes to the lanes by the <see cref="Follower"/>. No exception of the log, a listener or a logger ends the loop or leaves a
/// publisher without an answer: every step that calls them is guarded here or, for listeners and loggers, in <see cref="HubMetrics"/>.
/// </summary>
internal sealed class Sequencer
{
    private readonly IEventLog _log;
    private readonly HubMetrics _metrics;
    private readonly int _maxBatch;
    private readonly PublishQueue _queue;

    // Touched by the loop only.
    private readonly List<Publication> _batch = [];
    private readonly List<Append> _appends = [];
    private LoggedEvent? _newest;

    public Sequencer(IEventLog log, HubMetrics metrics, HubOptions options)
    {
        _log = log;
        _metrics = metrics;
        _maxBatch = options.MaxBatch;
        _queue = new PublishQueue(options.PublishQueue, options.PublishQueueBytes);
    }

    /// <summary>Publishers' events that wait for the loop.</summary>
    public int WaitingEvents => _queue.Events;

    /// <summary>The last event that was appended here; null before the first.</summary>
    public LoggedEvent? Newest => Volatile.Read(ref _newest);

    /// <inheritdoc cref="PublishQueue.WriteAsync" />
    public ValueTask EnqueueAsync(Publication publication, CancellationToken cancellationToken) => _queue.WriteAsync(publication, cancellationToken);

    /// <inheritdoc cref="PublishQueue.OfferBehind" />
    public void OfferBehind(Publication publication) => _queue.OfferBehind(publication);

    /// <summary>Runs batches until <see cref="Complete"/> and the queue is empty.</summary>
    public async Task RunAsync()
    {
        while (await _queue.WaitToReadAsync()) await RunBatchAsync();
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

    /// <summary>Does steps 1 to 3 once.</summary>
    /// <returns>How many publications were answered.</returns>
    public async ValueTask<int> RunBatchAsync()
    {
        TakeBatch();
        if (_batch.Count == 0) return 0;
        var answered = _batch.Count;
        try
        {
            Answer(await AppendAsync());
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

    private async ValueTask<IReadOnlyList<Appended>> AppendAsync()
    {
        var results = await _log.AppendAsync(_appends);
        if (results.Count == _batch.Count && results.All(r => r is not null)) return results;
        throw new LogUnavailableException(
            LogState.Unavailable, $"The log answered {results.Count(r => r is not null)} of the {_batch.Count} appends of a batch, and said nothing of the others.") { MayBeKept = true };
    }

    private void FailBatch(Exception failure)
    {
        foreach (var publication in _batch) publication.Fail(failure);
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

    private void Answer(IReadOnlyList<Appended> results)
    {
        for (var i = results.Count - 1; i >= 0; i--)
        {
            if (results[i] is not { IsRepeat: false, Events: [.., var newest] }) continue;
            Volatile.Write(ref _newest, newest);
            break;
        }

        for (var i = 0; i < _batch.Count; i++) _batch[i].Succeed(results[i]);
        for (var i = 0; i < _batch.Count; i++)
        {
            if (results[i] is { IsRepeat: false, Refusal: null }) _metrics.CountPublish(_batch[i]);
        }
    }
}
