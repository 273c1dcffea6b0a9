using System.Threading.Channels;
using Siar.Hub;
using Siar.Storage.Journal.Facts;
using Siar.Storage.Journal.Index;
using Siar.Storage.Sqlite.Epochs;

namespace Siar.Storage.Journal.Following;

/// <summary>
/// The one loop that takes the stream into the index, whoever appended, and tells the tail of it:
/// <code>
/// compare with the stream ──> read what is behind ──> follow ──┐
///        ↑      └ another stream, or one that lost something: index made again, epoch ended
///        └────────── cut off, or a hole: after a pause ────────┘
/// </code>
/// </summary>
internal sealed class JournalFollower(IJournal journal, LocalIndex index, Reconciliation reconciliation, EngineClock clock, TimeProvider time, Action<Exception?> tell)
{
    private const int MostAtOnce = 512;
    private const int Queued = 4_096;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Pending> _pending = [];
    private readonly List<(long Sequence, TaskCompletionSource Reached)> _waiting = [];
    private readonly FactAssembly _assembly = new();

    // For the loop alone. What is read once more, as when the index is made again, ends nothing once more.
    private readonly HashSet<Epoch> _known = [];
    private CancellationTokenSource? _round;
    private long _next;
    private long _seen;

    /// <summary>The tail that is told of what was taken in; null until the log is open.</summary>
    public LogTail? Tail { get; set; }

    /// <summary>When a hub last began to put a copy of its index beside the stream, by the engine's clock.</summary>
    public DateTimeOffset SnapshotBegun { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Says that a fact of this hub's own is on its way.</summary>
    /// <param name="id">The fact.</param>
    /// <param name="appends">What it appends.</param>
    /// <returns>Completes with what became of each append, once the fact is taken in.</returns>
    public Task<Appended[]> Expect(Guid id, IReadOnlyList<Append> appends)
    {
        var pending = new Pending(appends, new TaskCompletionSource<Appended[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate) _pending.Add(id, pending);
        return pending.Done.Task;
    }

    /// <summary>Says that nobody waits for a fact any more.</summary>
    public void Forget(Guid id)
    {
        lock (_gate) _pending.Remove(id);
    }

    /// <summary>The last message that was taken in, or is the part of a fact that goes on. What was decided by the index holds as long as it is the stream's last.</summary>
    public long Seen => Math.Max(Volatile.Read(ref _seen), index.Point.Sequence);

    /// <summary>Completes when the index has come to a sequence number.</summary>
    public Task WaitAsync(long sequence, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Seen >= sequence) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((sequence, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Has the index compared with the stream again: they do not seem to be of one kind.</summary>
    public void Compare()
    {
        lock (_gate) _round?.Cancel();
    }

    /// <summary>Brings the index up to where the stream is now.</summary>
    public async Task ComeUpAsync(CancellationToken cancellationToken)
    {
        await reconciliation.RunAsync(this, cancellationToken);
        await ReadThroughAsync((await journal.ReadStateAsync(cancellationToken)).Last, cancellationToken);
    }

    /// <summary>Takes in what stands in the stream up to a message.</summary>
    public async Task ReadThroughAsync(long last, CancellationToken cancellationToken)
    {
        if (index.Point.Sequence >= last) return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await foreach (var entries in InBatchesAsync(stop))
        {
            await TakeAsync(entries);
            if (entries[^1].Sequence >= last) return;
        }

        throw new LogUnavailableException(LogState.Unavailable, $"The log's stream ended while it was read. ({journal.Description})");
    }

    /// <summary>Follows the stream until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var round = CancellationTokenSource.CreateLinkedTokenSource(stop);
                await FollowAsync(round);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                // To be compared with the stream again.
                continue;
            }
            catch (Exception failure)
            {
                tell(failure);
            }
            finally
            {
                lock (_gate) _round = null;
            }

            await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(CancellationTokenSource round)
    {
        await reconciliation.RunAsync(this, round.Token);
        lock (_gate) _round = round;
        tell(null);
        await foreach (var entries in InBatchesAsync(round)) await TakeAsync(entries);
    }

    // What has come while the last was taken in is taken in at once.
    private async IAsyncEnumerable<List<JournalEntry>> InBatchesAsync(CancellationTokenSource stop)
    {
        var queue = Channel.CreateBounded<JournalEntry>(new BoundedChannelOptions(Queued) { SingleReader = true, SingleWriter = true });
        _next = index.Point.Sequence + 1;
        Volatile.Write(ref _seen, 0);
        _assembly.Clear();
        var pumping = PumpAsync(index.Point.Sequence, queue.Writer, stop.Token);
        try
        {
            while (await queue.Reader.WaitToReadAsync(stop.Token))
            {
                var entries = new List<JournalEntry>();
                while (entries.Count < MostAtOnce && queue.Reader.TryRead(out var entry)) entries.Add(entry);
                yield return entries;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await pumping;
        }
    }

    private async Task PumpAsync(long after, ChannelWriter<JournalEntry> to, CancellationToken stop)
    {
        try
        {
            await foreach (var entry in journal.FollowAsync(after, stop)) await to.WriteAsync(entry, stop);
            to.Complete();
        }
        catch (Exception failure)
        {
            to.Complete(failure);
        }
    }

    private async Task TakeAsync(List<JournalEntry> entries)
    {
        var run = new List<JournalFact>(entries.Count);
        foreach (var entry in entries)
        {
            // What is delivered once more is known; behind a hole nothing may be taken in.
            if (entry.Sequence < _next) continue;
            if (entry.Sequence > _next) throw new LogUnavailableException(LogState.Unavailable, $"The log's stream no longer has what this hub has not read yet. ({journal.Description})");
            _next++;
            if (Assemble(entry) is not { } fact) continue;
            if (fact.Fact is Fact.Batch or Fact.SnapshotBegun or Fact.Founding) run.Add(fact);
            else await TakeSpecialAsync(run, fact);
        }

        await TakeRunAsync(run);
        See(_next - 1);
        if (entries[^1].IsNewest) clock.Note(entries[^1].Time);
    }

    // What is not a hub's counts for nothing, for every hub.
    private JournalFact? Assemble(JournalEntry entry)
    {
        try
        {
            return _assembly.Add(entry);
        }
        catch (FormatException failure)
        {
            _assembly.Clear();
            tell(failure);
            return null;
        }
    }

    private async Task TakeSpecialAsync(List<JournalFact> run, JournalFact fact)
    {
        await TakeRunAsync(run);
        switch (fact.Fact)
        {
            case Fact.Tick:
                await index.TickAsync(fact);
                break;
            case Fact.EpochBegun begun:
                await index.BeginEpochAsync(fact, begun);
                Learn(new EpochSpan(begun.Epoch, begun.After, Through: null));
                break;
            case Fact.PlanAdopted adopted:
                await index.ChangePlanAsync(fact, adopted.Plan);
                break;
        }

        Complete(fact, []);
    }

    /// <summary>Takes in the epochs of an index that was opened, or made again by a copy. For the loop that follows.</summary>
    public void LearnEpochs()
    {
        foreach (var span in index.Log.Epochs) Learn(span);
        Tail?.Advance(index.Log.Head);
    }

    // Of an epoch that was not known, what was read behind the position at which it began is lost, and what stands there now comes.
    private void Learn(EpochSpan span)
    {
        if (!_known.Add(span.Name) || Tail is not { } tail) return;
        tail.BeginEpoch(Math.Min(span.After, tail.Head));
        tail.Advance(index.Log.Head);
    }

    private async Task TakeRunAsync(List<JournalFact> run)
    {
        if (run.Count == 0) return;
        var head = index.Log.Head;
        var results = await index.PutAsync(run);
        for (var i = 0; i < run.Count; i++)
        {
            if (run[i].Fact is Fact.SnapshotBegun) SnapshotBegun = run[i].Clock;
            if (run[i].Fact is Fact.Batch batch)
            {
                Tail?.Add(OwnOf(run[i].Id) ?? batch.Appends, results[i], head);
                head = results[i].SelectMany(r => r.Events).LastOrDefault()?.Position ?? head;
            }
        }

        for (var i = 0; i < run.Count; i++) Complete(run[i], results[i]);
        run.Clear();
    }

    private IReadOnlyList<Append>? OwnOf(Guid id)
    {
        lock (_gate) return _pending.TryGetValue(id, out var pending) ? pending.Appends : null;
    }

    private void Complete(JournalFact fact, Appended[] results)
    {
        lock (_gate)
        {
            if (_pending.Remove(fact.Id, out var pending)) pending.Done.TrySetResult(results);
        }
    }

    // Only once all before it is in the index.
    private void See(long sequence)
    {
        Volatile.Write(ref _seen, sequence);
        lock (_gate)
        {
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Sequence > sequence) continue;
                _waiting[i].Reached.TrySetResult();
                _waiting.RemoveAt(i);
            }
        }
    }

    private sealed record Pending(IReadOnlyList<Append> Appends, TaskCompletionSource<Appended[]> Done);
}
