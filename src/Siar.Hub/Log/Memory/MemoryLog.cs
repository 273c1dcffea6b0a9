using System.Collections.Immutable;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// The log in memory: as safe as the process. It is trimmed as it grows, oldest first in each class, and begins a new epoch with each
/// start. Appends and reads exclude each other while some thousand events are copied. A change that breaks off half done, as when memory is
/// exhausted, ends the log: it takes and gives nothing more, and its health asks for a restart of the process.
/// </summary>
public sealed class MemoryLog : IEventLog, IAppendState
{
    private const string Broken = "The log in memory broke off in the middle of a change, most likely because memory was exhausted, and neither takes nor gives events any more: restart the hub, with more memory or lower limits of retention.";

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly PositionList _events = new();
    private readonly Dictionary<Topic, PositionQueue> _byTopic = [];
    private readonly Dictionary<EventId, long> _byId = [];
    private RetentionPlan _plan;
    private readonly MemoryClass[] _classes;
    private readonly LatestByKey _keyed = new();
    private readonly MemoryKeys _keys;
    private readonly ClosedTopics _closed;
    private readonly TrimRecord _record;
    private readonly EventAges _ages = new(DateTimeOffset.MinValue);
    private TrimState _trimmed;
    private readonly LogTail _tail = new(0);
    private DateTimeOffset _now;
    private LogUnavailableException? _broken;

    /// <summary>Makes an empty log.</summary>
    /// <param name="limits">How much is kept of all topics that no class names.</param>
    /// <param name="classes">Sets of topics with limits of their own.</param>
    /// <param name="time">The clock that ages are measured by.</param>
    public MemoryLog(RetentionLimits limits, IEnumerable<RetentionClass> classes, TimeProvider time)
        : this(new RetentionPlan(limits, classes), time)
    {
    }

    /// <summary>Makes an empty log.</summary>
    /// <param name="plan">How much is kept.</param>
    /// <param name="time">The clock that ages are measured by.</param>
    public MemoryLog(RetentionPlan plan, TimeProvider time)
    {
        _time = time;
        _plan = plan;
        _keys = new MemoryKeys(plan.IdempotencyKeys);
        _closed = new ClosedTopics(plan.ClosedTopics);
        _classes = [.. _plan.Classes.Select(c => new MemoryClass(c))];
        _record = new TrimRecord(plan);
        _trimmed = _record.Describe();
    }

    /// <summary>Events looked at in vain before a page ends, so that no read takes long. Default: 8,192.</summary>
    internal int MaxScanned { get; init; } = 8_192;

    /// <summary>Called between the steps of a change; tests have it fail there, as memory that is exhausted does.</summary>
    internal Action? OnStep { get; init; }

    /// <inheritdoc />
    public Epoch Epoch { get; } = Epoch.New();

    /// <inheritdoc />
    public LogHealth Health => Volatile.Read(ref _broken) is { } broken
        ? new LogHealth(LogState.Unavailable, Broken) { NeedsRestart = true, Detail = broken.InnerException?.Message }
        : LogHealth.Available;

    /// <inheritdoc />
    public long Head => _tail.Head;

    /// <inheritdoc />
    public RetentionPlan Plan => Volatile.Read(ref _plan);

    /// <inheritdoc />
    public TrimState Trimmed => Volatile.Read(ref _trimmed);

    /// <inheritdoc />
    public Closing? FindClosing(Topic topic) => _closed.Find(topic);

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var results = new Appended[batch.Count];
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            ThrowIfBroken();
            var previous = Head;
            try
            {
                var position = previous;
                _now = _time.GetUtcNow();
                _ages.See(_now, previous);
                for (var i = 0; i < batch.Count; i++) results[i] = AppendGate.Check(batch[i], this) ?? Take(batch[i], ref position);

                if (position > previous) _ages.Note(_now);
                TrimUnderLock(_now);
                OnStep?.Invoke();
                waiting = _tail.AddSilently(batch, results, previous);
            }
            catch (Exception failure)
            {
                throw Break(failure, mayBeKept: Head > previous);
            }
        }

        waiting?.TrySetResult();
        return new(results);
    }

    /// <inheritdoc />
    public Epoch EpochAt(long position) => Epoch;

    /// <inheritdoc />
    public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default) => _tail.ReadAsync(this, after, cancellationToken);

    /// <inheritdoc />
    public ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default) => new(new MemoryPages(this, MaxScanned).Read(query));

    /// <inheritdoc />
    public ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ThrowIfBroken();
            return new(Resolve(id));
        }
    }

    /// <inheritdoc />
    public bool TryChangeLimits(RetentionPlan plan)
    {
        lock (_gate)
        {
            if (_plan.WithLimitsOf(plan) is not { } changed) return false;
            Volatile.Write(ref _plan, changed);
            for (var i = 0; i < _classes.Length; i++) _classes[i].Definition = changed.Classes[i];
            return true;
        }
    }

    /// <inheritdoc />
    public ValueTask MaintainAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_broken is not null) return ValueTask.CompletedTask;
            try
            {
                _ages.See(_time.GetUtcNow(), Head);
                TrimUnderLock(_time.GetUtcNow());
                _keys.Forget(_time.GetUtcNow());
            }
            catch (Exception failure)
            {
                throw Break(failure, mayBeKept: false);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void ThrowIfBroken()
    {
        if (_broken is { } broken) throw new LogUnavailableException(LogState.Unavailable, Broken, broken.InnerException);
    }

    // Nobody can tell what of the change is done: another append might give a position twice, and a page lack an event without a gap.
    private LogUnavailableException Break(Exception failure, bool mayBeKept)
    {
        var broken = new LogUnavailableException(LogState.Unavailable, Broken, failure) { MayBeKept = mayBeKept };
        Volatile.Write(ref _broken, broken);
        return broken;
    }

    private ResolvedCursor Resolve(EventId id)
    {
        if (!HubEventId.TryParse(id, out var hubId))
        {
            var found = _byId.TryGetValue(id, out var kept) ? kept : _record.Find(id);
            return found is { } position ? new(position, null) : new(0, GapReason.UnknownId);
        }

        if (hubId.Epoch != Epoch) return new(0, GapReason.OtherEpoch);
        return hubId.Position <= Head ? new(hubId.Position, null) : new(0, GapReason.UnknownId);
    }

    IdempotentResult? IAppendState.FindResult(IdempotencyKey key) => _keys.Find(key, _now);

    EventId? IAppendState.NewestId(Topic topic) => _byTopic.TryGetValue(topic, out var positions) ? _events.Get(positions[^1])!.Id : null;

    private Appended Take(Append append, ref long position)
    {
        var logged = ImmutableArray.CreateBuilder<LoggedEvent>(append.Events.Length);
        foreach (var content in append.Events) logged.Add(Add(new LoggedEvent(++position, Epoch, _now, content)));
        if (append.Idempotency is { } key) _keys.Add(key, logged[0].Position, _now);
        return new Appended(logged.MoveToImmutable());
    }

    private LoggedEvent Add(LoggedEvent logged)
    {
        _events.Add(logged);
        OnStep?.Invoke();
        foreach (var topic in logged.Content.Topics)
        {
            if (!_byTopic.TryGetValue(topic, out var positions)) _byTopic.Add(topic, positions = new PositionQueue());
            positions.Add(logged.Position);
        }

        // Spec (Mercure): of several events with one id a cursor means the earliest.
        if (!logged.Content.Id.IsNone) _byId.TryAdd(logged.Content.Id, logged.Position);
        var kept = _classes[_plan.IndexOf(logged.Content.Topics[0])];
        kept.Add(logged);
        if (logged.Content.Key is not null && _keyed.Add(logged) is { } replaced) kept.Keys.Remove(replaced);
        if (logged.Content.IsClosing) _closed.Add(logged.Content.Topics[0], new Closing(logged.Position, logged.Time, logged.Content.IsPrivate));
        return logged;
    }

    /// <summary>Copies events after a position, up to another.</summary>
    internal MemorySlice CopyAll(long after, long head, Span<LoggedEvent> copied)
    {
        lock (_gate)
        {
            ThrowIfBroken();
            var count = 0;
            var position = Math.Max(after + 1, _events.First);
            for (var stop = Math.Min(head, position + MaxScanned - 1); position <= stop && count < copied.Length; position++)
            {
                if (_events.Get(position) is { } logged) copied[count++] = logged;
            }

            return new MemorySlice(count, Math.Max(after, position - 1), _trimmed);
        }
    }

    /// <summary>Copies a topic's events after a position, up to another.</summary>
    internal MemorySlice CopyOfTopic(Topic topic, long after, long head, Span<LoggedEvent> copied)
    {
        lock (_gate)
        {
            ThrowIfBroken();
            var count = 0;
            if (_byTopic.TryGetValue(topic, out var positions))
            {
                for (var i = positions.FirstAfter(after); i < positions.Count && positions[i] <= head; i++)
                {
                    if (count == copied.Length) return new MemorySlice(count, positions[i] - 1, _trimmed);
                    copied[count++] = _events.Get(positions[i])!;
                }
            }

            return new MemorySlice(count, head, _trimmed);
        }
    }

    /// <summary>Copies a topic's newest events up to a position, the newest first.</summary>
    internal int CopyNewest(Topic topic, long through, Span<LoggedEvent> copied)
    {
        lock (_gate)
        {
            ThrowIfBroken();
            if (!_byTopic.TryGetValue(topic, out var positions)) return 0;
            var last = positions.FirstAfter(through);
            var count = Math.Min(last, copied.Length);
            for (var i = 0; i < count; i++) copied[i] = _events.Get(positions[last - 1 - i])!;
            return count;
        }
    }

    /// <summary>Copies the newest events of keys after a position, up to another.</summary>
    internal MemorySlice CopyKeyed(long after, long through, int most, List<LatestByKey.Variants> copied)
    {
        lock (_gate)
        {
            ThrowIfBroken();
            var end = _keyed.Copy(after, through, most, copied);
            return new MemorySlice(copied.Count, end, _trimmed);
        }
    }

    private void TrimUnderLock(DateTimeOffset now)
    {
        var any = false;
        for (var i = 0; i < _classes.Length; i++)
        {
            var kept = _classes[i];
            while (kept.Oldest is { } position && _events.Get(position)! is var oldest && kept.IsOverLimit(_ages.CountsFrom(position, oldest.Time), now))
            {
                kept.DropOldest(oldest);
                OnStep?.Invoke();
                _record.Add(i, oldest, leadsId: _byId.GetValueOrDefault(oldest.Content.Id) == position);
                Remove(oldest);
                if (oldest.Content.Key is not null && _keyed.Contains(oldest)) kept.Keys.Add(oldest);
                any = true;
            }

            while (_record.TryForget(i, out _))
            {
            }

            while (kept.Keys.Excess(kept.Definition.Limits) is { } excess)
            {
                kept.Keys.Remove(excess);
                _keyed.Remove(excess);
            }
        }

        if (!any) return;
        _ages.Forget(_events.First - 1);
        Volatile.Write(ref _trimmed, _record.Describe());
    }

    private void Remove(LoggedEvent logged)
    {
        _events.Remove(logged.Position);
        foreach (var topic in logged.Content.Topics)
        {
            if (!_byTopic.TryGetValue(topic, out var positions)) continue;
            positions.RemoveFirst(logged.Position);
            if (positions.Count == 0) _byTopic.Remove(topic);
        }

        if (_byId.TryGetValue(logged.Content.Id, out var position) && position == logged.Position) _byId.Remove(logged.Content.Id);
    }
}
