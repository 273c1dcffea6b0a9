namespace Siar.Hub;

/// <summary>
/// The hub's only writer. It takes what has queued up, appends it as one commit and answers the publishers:
/// <list type="number">
/// <item>take a batch: what publishers left, up to a bound, and behind it a small share of the hub's own events, so that neither starves;</item>
/// <item>append it to the log: one commit, one sync;</item>
/// <item>answer the publishers: what is acknowledged is kept. Only then measure.</item>
/// </list>
/// What is appended comes to the lanes by the <see cref="Follower"/>. Whoever has the turn does this, one at a time: the loop, or, where nobody else
/// publishes, the publisher's own thread, so that no other has to be woken. No exception of the log, a listener or a logger ends the loop or leaves a
/// publisher without an answer: every step that calls them is guarded here or, for listeners and loggers, in <see cref="HubMetrics"/>.
/// </summary>
internal sealed class Sequencer
{
    private readonly IEventLog _log;
    private readonly HubMetrics _metrics;
    private readonly int _maxBatch;
    private readonly PublishQueue _queue;

    // Holds one where the turn is due and the loop is to begin it.
    private readonly SemaphoreSlim _due = new(0);
    private LoopTurn _turn;

    // Touched by who has the turn only.
    private readonly List<Publication> _batch = [];
    private readonly List<Append> _appends = [];
    private LoggedEvent? _newest;
    private InPlaceTurn? _inPlace;

    public Sequencer(IEventLog log, HubMetrics metrics, HubOptions options)
    {
        _log = log;
        _metrics = metrics;
        _maxBatch = options.MaxBatch;
        _queue = new PublishQueue(options.PublishQueue, options.PublishQueueBytes, Wake);
    }

    /// <summary>Publishers' events that wait for the loop.</summary>
    public int WaitingEvents => _queue.Events;

    /// <summary>The last event that was appended here; null before the first.</summary>
    public LoggedEvent? Newest => Volatile.Read(ref _newest);

    /// <inheritdoc cref="PublishQueue.WriteAsync" />
    public ValueTask EnqueueAsync(Publication publication, CancellationToken cancellationToken)
    {
        var admitting = _queue.WriteAsync(publication, cancellationToken);
        Wake();
        return admitting;
    }

    /// <summary>The same, but where the loop is asleep the caller's thread does its turn, and the publication may be done when this returns.</summary>
    /// <param name="publication">The publication.</param>
    /// <param name="cancellationToken">Ends the waiting for a place.</param>
    /// <param name="owesLanes">Whether something came to the window meanwhile, of which the lanes were not told: the caller does that.</param>
    public ValueTask PublishAsync(Publication publication, CancellationToken cancellationToken, out bool owesLanes)
    {
        owesLanes = false;
        var admitting = _queue.WriteAsync(publication, cancellationToken);
        if (!LoopTurn.IsPossibleHere || !_turn.TryTake())
        {
            Wake();
            return admitting;
        }

        var turn = new InPlaceTurn(this);
        ExecutionContext.Run(LoopTurn.Context, static turn => ((InPlaceTurn)turn!).Run(), turn);
        owesLanes = turn.OwesLanes;
        return admitting;
    }

    /// <summary>Whether the calling thread does the loop's turn at this moment and looks after the lanes once it is over; it is told so.</summary>
    public bool LooksAfterLanes()
    {
        if (Volatile.Read(ref _inPlace) is not { } turn || turn.Thread != Environment.CurrentManagedThreadId) return false;
        turn.OwesLanes = true;
        return true;
    }

    /// <inheritdoc cref="PublishQueue.OfferBehind" />
    public void OfferBehind(Publication[] publications) => _queue.OfferBehind(publications);

    /// <summary>Runs batches until <see cref="Complete"/> and the queue is empty.</summary>
    public async Task RunAsync()
    {
        while (!_queue.IsOver)
        {
            await _due.WaitAsync().ConfigureAwait(false);
            await RunAllAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Takes nothing more; what is queued is still appended.</summary>
    public void Complete() => _queue.Complete();

    /// <summary>Takes nothing more and fails what is queued or in the batch. Only where the loop has ended, or never ran.</summary>
    public void Abandon(Exception reason)
    {
        Complete();
        FailBatch(reason);
        while (_queue.TryRead(out var publication)) publication.Fail(new HubStoppedException());
        if (!_queue.TryReadBehind(out var own)) return;
        foreach (var publication in own) publication.Fail(new HubStoppedException());
    }

    /// <summary>Does steps 1 to 3 once. Who has the turn calls it. Never throws.</summary>
    /// <returns>How many publications were answered.</returns>
    public async ValueTask<int> RunBatchAsync()
    {
        var answered = 0;
        try
        {
            TakeBatch();
            if (_batch.Count == 0) return 0;
            answered = _batch.Count;
            Answer(await AppendAsync().ConfigureAwait(false));
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

    private void Wake()
    {
        if (_turn.Wake()) _due.Release();
    }

    private async ValueTask RunAllAsync()
    {
        do
        {
            _turn.Begin();
            while (!_queue.IsEmpty) await RunBatchAsync().ConfigureAwait(false);
        }
        while (!_turn.TryRest());

        // That the queue takes nothing more may be what the turn was woken for: the loop finds it out.
        if (_queue.IsOver) Wake();
    }

    // A batch of one's own is done in place. What others have left meanwhile is the loop's.
    private void EndTurn()
    {
        if (_queue.IsEmpty && _turn.TryRest())
        {
            if (_queue.IsOver) Wake();
            return;
        }

        _turn.Postpone();
        _due.Release();
    }

    private async ValueTask<IReadOnlyList<Appended>> AppendAsync()
    {
        var results = await _log.AppendAsync(_appends).ConfigureAwait(false);
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

        if (!_queue.TryReadBehind(out var own)) return;
        foreach (var publication in own) Take(publication);
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

    /// <summary>A turn on a publisher's thread: one batch, of which the log's answer may be waited for elsewhere.</summary>
    private sealed class InPlaceTurn(Sequencer sequencer)
    {
        public int Thread { get; } = Environment.CurrentManagedThreadId;

        public bool OwesLanes { get; set; }

        public void Run()
        {
            Volatile.Write(ref sequencer._inPlace, this);
            var running = sequencer.RunBatchAsync().AsTask();
            Volatile.Write(ref sequencer._inPlace, null);
            if (running.IsCompleted) sequencer.EndTurn();
            else _ = GoOnAsync(running);
        }

        // The turn goes on where the log has answered, and with it what was queued meanwhile.
        private async Task GoOnAsync(Task<int> running)
        {
            await running.ConfigureAwait(false);
            await sequencer.RunAllAsync().ConfigureAwait(false);
        }
    }
}
