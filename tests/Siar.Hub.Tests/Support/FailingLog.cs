using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests;

/// <summary>A log in memory that fails where a test says so.</summary>
internal sealed class FailingLog : IEventLog
{
    private readonly MemoryLog _log = new(new RetentionLimits(null, null, null), [], TimeProvider.System);

    /// <summary>What an append fails with; null while none does.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How many readings succeed before one fails; below 0 all do.</summary>
    public int ReadsUntilFailure { get; set; } = -1;

    /// <summary>What looking for a closing fails with; null while it does not.</summary>
    public Exception? ClosingFailure { get; set; }

    public Epoch Epoch => _log.Epoch;

    public long Head => _log.Head;

    public TrimState Trimmed => _log.Trimmed;

    public Closing? FindClosing(Topic topic) => ClosingFailure is { } failure ? throw failure : _log.FindClosing(topic);

    public ValueTask<AppendedBatch> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default) =>
        Failure is { } failure ? ValueTask.FromException<AppendedBatch>(failure) : _log.AppendAsync(batch, cancellationToken);

    public ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default) =>
        ReadsUntilFailure >= 0 && ReadsUntilFailure-- == 0 ? ValueTask.FromException<LogPage>(new IOException("Input/output error")) : _log.ReadAsync(query, cancellationToken);

    public ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default) =>
        _log.ResolveAsync(id, cancellationToken);

    public ValueTask DisposeAsync() => _log.DisposeAsync();
}
