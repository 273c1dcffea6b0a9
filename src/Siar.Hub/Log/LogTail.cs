using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// The tail of a log, as one process knows it: how far the log has come, and the newest events of this process's own, until the follower has taken
/// them. Logs share it. What was just committed here is handed on from memory where it follows on what was given last; everything else, as what other
/// hubs have appended, is read back from the log:
/// <code>
/// Add ──────> own events ──┐
///                          ├──(head above what was asked from)──> a page from memory, else a page of the log
/// Advance ──> head ────────┘
/// </code>
/// Those that wait go on at once, on the thread that tells of something new, so that no other has to be woken: call it without holding a lock.
/// Safe for concurrent use; with several followers of one log, each event is handed on from memory to the first that asks.
/// </summary>
/// <param name="head">The log's head at the start.</param>
/// <param name="maxBytes">Memory for events that wait for the follower; beyond it the oldest are left to be read back. Default: 8 MiB.</param>
public sealed class LogTail(long head, long maxBytes = 8 << 20)
{
    private const int PageEvents = 1_024;
    private const int PageBytes = 1 << 20;

    // Guards what follows. The events between _from and _through are all in the queue.
    private readonly Lock _gate = new();
    private readonly Queue<Own> _own = new();
    private long _from = head;
    private long _through = head;
    private long _bytes;
    private long? _wentBackTo;
    private TaskCompletionSource? _moved;

    private long _head = head;

    /// <summary>The highest position that was told.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>Says what this process has committed, and moves the head up to it. Called once all of it can be read.</summary>
    /// <param name="batch">What was to be appended.</param>
    /// <param name="results">What became of it.</param>
    /// <param name="previousHead">The head before the batch: nobody else's event stands between it and the batch's last.</param>
    public void Add(IReadOnlyList<Append> batch, IReadOnlyList<Appended> results, long previousHead) => AddSilently(batch, results, previousHead)?.TrySetResult();

    /// <summary>The same, for a log that holds a lock of its own.</summary>
    /// <returns>What to complete once the lock is left, for those that wait; null where nobody does.</returns>
    internal TaskCompletionSource? AddSilently(IReadOnlyList<Append> batch, IReadOnlyList<Appended> results, long previousHead)
    {
        lock (_gate)
        {
            var last = NewestOf(results) ?? previousHead;
            try
            {
                if (_through != previousHead) Forget(previousHead);
                for (var i = 0; i < results.Count; i++) KeepAll(results[i], batch[i].QueuedAt);
                while (_bytes > maxBytes && _own.Count > 1) _from = Drop();
            }
            catch (OutOfMemoryException)
            {
                // The events are in the log and may not be told as lost: they are read back.
                Forget(last);
            }

            return MoveTo(last);
        }
    }

    /// <summary>Says that the log has come further, or may have: others have appended, or it is not known who. A position that is not higher changes nothing.</summary>
    public void Advance(long position)
    {
        TaskCompletionSource? waiting;
        lock (_gate) waiting = MoveTo(position);
        waiting?.TrySetResult();
    }

    /// <summary>Says that another epoch has begun after a position: what was read of the one before it and is higher is lost.</summary>
    public void BeginEpoch(long after)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (after < _head) _wentBackTo = Math.Min(after, _wentBackTo ?? after);
            Forget(after);
            Volatile.Write(ref _head, after);
            waiting = TakeWaiting();
        }

        waiting?.TrySetResult();
    }

    /// <summary>Does what <see cref="IEventLog.ReadTailAsync"/> asks for.</summary>
    /// <param name="log">The log, to read back what memory does not have.</param>
    /// <param name="after">The position.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<LogPage> ReadAsync(IEventLog log, long after, CancellationToken cancellationToken)
    {
        await using var cancelled = cancellationToken.UnsafeRegister(static tail => ((LogTail)tail!).Wake(), this);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Take(after) is { } page) return page;
            if (Head > after) return await log.ReadAsync(new LogQuery(after, MatcherSet.All, PageEvents, PageBytes), cancellationToken);
            await WaitAsync(after, cancellationToken);
        }
    }

    private LogPage? Take(long after)
    {
        lock (_gate)
        {
            if (_wentBackTo is { } back)
            {
                _wentBackTo = null;
                if (back < after) return new LogPage([], back, TrimState.Nothing);
            }

            // What was read back comes no second time.
            while (_own.TryPeek(out var first) && first.Logged.Position <= after) _from = Drop();
            return _own.Count > 0 && _from <= after ? TakePage() : null;
        }
    }

    private LogPage TakePage()
    {
        var count = Math.Min(_own.Count, PageEvents);
        var events = ImmutableArray.CreateBuilder<LoggedEvent>(count);
        var queuedAt = ImmutableArray.CreateBuilder<long>(count);
        for (var bytes = 0L; events.Count < count && (bytes < PageBytes || events.Count == 0);)
        {
            var own = _own.Peek();
            bytes += own.Logged.Content.RetainedBytes;
            events.Add(own.Logged);
            queuedAt.Add(own.QueuedAt);
            _from = Drop();
        }

        return new LogPage(events.DrainToImmutable(), _from, TrimState.Nothing) { QueuedAt = queuedAt.DrainToImmutable() };
    }

    private Task WaitAsync(long after, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // What is cancelled from here on wakes those that wait.
            if (_head > after || _wentBackTo is not null || cancellationToken.IsCancellationRequested) return Task.CompletedTask;
            return (_moved ??= new TaskCompletionSource()).Task;
        }
    }

    private void Wake()
    {
        TaskCompletionSource? waiting;
        lock (_gate) waiting = TakeWaiting();
        waiting?.TrySetResult();
    }

    private static long? NewestOf(IReadOnlyList<Appended> results)
    {
        for (var i = results.Count - 1; i >= 0; i--)
        {
            if (results[i] is { IsRepeat: false, Events: [.., var newest] }) return newest.Position;
        }

        return null;
    }

    private void KeepAll(Appended appended, long queuedAt)
    {
        if (appended.IsRepeat) return;
        foreach (var logged in appended.Events)
        {
            _own.Enqueue(new Own(logged, queuedAt));
            _bytes += logged.Content.RetainedBytes;
            _through = logged.Position;
        }
    }

    private long Drop()
    {
        var own = _own.Dequeue();
        _bytes -= own.Logged.Content.RetainedBytes;
        return own.Logged.Position;
    }

    private void Forget(long through)
    {
        _own.Clear();
        _bytes = 0;
        _from = through;
        _through = through;
    }

    private TaskCompletionSource? MoveTo(long position)
    {
        if (position <= _head) return null;
        Volatile.Write(ref _head, position);
        return TakeWaiting();
    }

    private TaskCompletionSource? TakeWaiting()
    {
        var waiting = _moved;
        _moved = null;
        return waiting;
    }

    private readonly record struct Own(LoggedEvent Logged, long QueuedAt);
}
