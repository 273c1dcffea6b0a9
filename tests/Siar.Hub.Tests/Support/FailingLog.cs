using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests;

/// <summary>A log in memory that fails where a test says so.</summary>
internal sealed class FailingLog(long? maxCount = null) : IEventLog
{
    private readonly MemoryLog _log = new(new RetentionLimits(maxCount, null, null), [], TimeProvider.System);

    /// <summary>What an append fails with; null while none does.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How many readings succeed before one fails; below 0 all do.</summary>
    public int ReadsUntilFailure { get; set; } = -1;

    /// <summary>What looking for a closing fails with; null while it does not.</summary>
    public Exception? ClosingFailure { get; set; }

    /// <summary>How many of a batch's answers are lost.</summary>
    public int AnswersLost { get; set; }

    /// <summary>Whether pages come no further than they were asked from.</summary>
    public bool StandsStill { get; set; }

    /// <summary>How many readings there were.</summary>
    public int Reads { get; private set; }

    /// <summary>What an append waits for before it begins; null for nothing.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>A position that cannot be read; 0 for none.</summary>
    public long Damaged { get; set; }

    /// <summary>Whether it says that other hubs append to it.</summary>
    public bool IsShared { get; init; }

    /// <summary>What a sign of life fails with; null while none does.</summary>
    public Exception? SignFailure { get; set; }

    /// <summary>How many signs of life hubs wanted to leave.</summary>
    public int Signs { get; private set; }

    public Epoch Epoch => _log.Epoch;

    public long Head => _log.Head;

    public TrimState Trimmed => _log.Trimmed;

    public RetentionPlan Plan => _log.Plan;

    public Epoch EpochAt(long position) => _log.EpochAt(position);

    public Closing? FindClosing(Topic topic) => ClosingFailure is { } failure ? throw failure : _log.FindClosing(topic);

    public async ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default)
    {
        if (Gate is { } gate) await gate.Task;
        if (Failure is { } failure) throw failure;
        var appended = await _log.AppendAsync(batch, cancellationToken);
        return [.. appended.SkipLast(AnswersLost)];
    }

    /// <summary>Own events too are read back, so that what fails there fails here.</summary>
    public async ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default)
    {
        var page = await _log.ReadTailAsync(after, cancellationToken);
        var readBack = await ReadAsync(new LogQuery(after, MatcherSet.All, 1_024, 1 << 20), cancellationToken);
        return readBack.Events.Length == page.Events.Length ? readBack with { QueuedAt = page.QueuedAt } : readBack;
    }

    public async ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default)
    {
        Reads++;
        if (ReadsUntilFailure >= 0 && ReadsUntilFailure-- == 0) throw new IOException("Input/output error");
        var page = await _log.ReadAsync(query, cancellationToken);
        if (Damaged > query.After && Damaged <= page.ReadThrough)
        {
            var before = page.Events.Where(e => e.Position < Damaged).ToArray();
            return before.Length > 0
                ? page with { Events = [.. before], ReadThrough = Damaged - 1 }
                : page with { Events = [], ReadThrough = Damaged, Damage = $"The event at position {Damaged} cannot be read." };
        }

        return StandsStill ? page with { Events = [], ReadThrough = query.After } : page;
    }

    public ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default) =>
        _log.ResolveAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken = default)
    {
        Signs++;
        return SignFailure is { } failure ? throw failure : new([own]);
    }

    public ValueTask MaintainAsync(CancellationToken cancellationToken = default) => _log.MaintainAsync(cancellationToken);

    public ValueTask DisposeAsync() => _log.DisposeAsync();
}
