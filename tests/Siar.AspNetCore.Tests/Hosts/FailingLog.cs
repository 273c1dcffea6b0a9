using Siar.Hub;
using Siar.Topics;
using EventId = Siar.Wire.EventId;

namespace Siar.AspNetCore.Tests;

/// <summary>A log in memory that takes nothing, or gives nothing, while a test says so.</summary>
internal sealed class FailingLog : IEventLog
{
    private readonly MemoryLog _log = new(RetentionPlan.Of(new HubOptions { Retention = new RetentionLimits(null, null, null) }), TimeProvider.System);

    /// <summary>What an append fails with; null while none does.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What a reading waits for before it is answered; null for nothing.</summary>
    public Func<LogPage, Task<LogPage>>? Reading { get; set; }

    public LogHealth Health { get; set; } = LogHealth.Available;

    public Epoch Epoch => _log.Epoch;

    public long Head => _log.Head;

    public TrimState Trimmed => _log.Trimmed;

    public RetentionPlan Plan => _log.Plan;

    public Epoch EpochAt(long position) => _log.EpochAt(position);

    public Closing? FindClosing(Topic topic) => _log.FindClosing(topic);

    public ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default) =>
        Failure is { } failure ? ValueTask.FromException<IReadOnlyList<Appended>>(failure) : _log.AppendAsync(batch, cancellationToken);

    public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default) => _log.ReadTailAsync(after, cancellationToken);

    public async ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default)
    {
        var page = await _log.ReadAsync(query, cancellationToken);
        return Reading is { } reading ? await reading(page) : page;
    }

    public ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default) => _log.ResolveAsync(id, cancellationToken);

    public ValueTask MaintainAsync(CancellationToken cancellationToken = default) => _log.MaintainAsync(cancellationToken);

    public ValueTask DisposeAsync() => _log.DisposeAsync();
}
