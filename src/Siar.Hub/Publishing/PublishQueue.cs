using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Siar.Hub;

/// <summary>
/// What waits for the sequencer: publishers' publications in their order, bounded in events and in bytes, and behind them at most one
/// publication of the hub's own. Anybody writes; who has the sequencer's turn alone reads.
/// </summary>
/// <param name="maxEvents">How many events of publishers may wait. One publication that is larger waits alone.</param>
/// <param name="maxBytes">The same in bytes of data and topics.</param>
/// <param name="wake">Called when something was left here, on whatever thread, but for what <see cref="WriteAsync"/> has left when it returns.</param>
internal sealed class PublishQueue(int maxEvents, long maxBytes, Action wake)
{
    private readonly ConcurrentQueue<Publication> _admitted = new();

    // Guards what follows.
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private int _events;
    private long _bytes;
    private bool _isComplete;

    private Publication[]? _behind;

    /// <summary>Whether there is nothing to take.</summary>
    public bool IsEmpty => _admitted.IsEmpty && Volatile.Read(ref _behind) is null;

    /// <summary>Whether there is nothing to take, and nothing will come.</summary>
    public bool IsOver => Volatile.Read(ref _isComplete) && IsEmpty;

    /// <summary>How many events of publishers have a place, those not counted that wait for one.</summary>
    public int Events
    {
        get
        {
            lock (_gate) return _events;
        }
    }

    /// <summary>Their bytes.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate) return _bytes;
        }
    }

    /// <summary>Leaves a publisher's publication; waits for a place, in the order of coming, where too much waits already.</summary>
    /// <exception cref="HubStoppedException">Nothing more is taken.</exception>
    /// <exception cref="OperationCanceledException">There was no place before the token was cancelled.</exception>
    public ValueTask WriteAsync(Publication publication, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_gate)
        {
            if (_isComplete) throw new HubStoppedException();
            if (_waiting.Count == 0 && HasRoom(publication))
            {
                Admit(publication);
                return ValueTask.CompletedTask;
            }

            waiter = new Waiter(publication);
            waiter.Place = _waiting.AddLast(waiter);
        }

        return new(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>
    /// Leaves publications of the hub's own, which are taken behind publishers', in one batch. Those before them must have been taken.
    /// </summary>
    /// <exception cref="HubStoppedException">Nothing more is taken.</exception>
    public void OfferBehind(Publication[] publications)
    {
        lock (_gate)
        {
            if (_isComplete) throw new HubStoppedException();
            Volatile.Write(ref _behind, publications);
        }

        wake();
    }

    /// <summary>Takes nothing more; those that still wait for a place are told so.</summary>
    public void Complete()
    {
        List<Waiter> left;
        lock (_gate)
        {
            Volatile.Write(ref _isComplete, true);
            left = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var waiter in left) waiter.Admitted.TrySetException(new HubStoppedException());
        wake();
    }

    /// <summary>Takes the oldest of the publishers' publications.</summary>
    public bool TryRead([NotNullWhen(true)] out Publication? publication)
    {
        if (!_admitted.TryDequeue(out publication)) return false;
        Leave(publication);
        return true;
    }

    /// <summary>Takes the publications of the hub's own, if there are any.</summary>
    public bool TryReadBehind([NotNullWhen(true)] out Publication[]? publications) => (publications = Interlocked.Exchange(ref _behind, null)) is not null;

    private static long BytesOf(Publication publication)
    {
        var bytes = 0L;
        foreach (var content in publication.Append.Events) bytes += content.RetainedBytes;
        return bytes;
    }

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(static (state, token) => ((Waiter)state!).Admitted.TrySetCanceled(token), waiter))
        {
            try
            {
                await waiter.Admitted.Task;
            }
            catch (OperationCanceledException)
            {
                GiveUp(waiter);
                throw;
            }
        }
    }

    // A large one that gives up may have kept smaller ones waiting.
    private void GiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Place is { List: not null } place) _waiting.Remove(place);
            AdmitWaiting();
        }

        wake();
    }

    private void Leave(Publication publication)
    {
        lock (_gate)
        {
            _events -= publication.Append.Events.Length;
            _bytes -= BytesOf(publication);
            AdmitWaiting();
        }
    }

    private void AdmitWaiting()
    {
        while (_waiting.First is { } first && HasRoom(first.Value.Publication))
        {
            _waiting.RemoveFirst();
            if (first.Value.Admitted.TrySetResult()) Admit(first.Value.Publication);
        }
    }

    private bool HasRoom(Publication publication) =>
        _events == 0 || (_events + publication.Append.Events.Length <= maxEvents && _bytes + BytesOf(publication) <= maxBytes);

    // Under the lock, so that the order in the queue is that of coming.
    private void Admit(Publication publication)
    {
        _events += publication.Append.Events.Length;
        _bytes += BytesOf(publication);
        _admitted.Enqueue(publication);
    }

    private sealed class Waiter(Publication publication)
    {
        public Publication Publication => publication;

        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Waiter>? Place { get; set; }
    }
}
