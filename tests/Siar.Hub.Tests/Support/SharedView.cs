using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests;

/// <summary>What another hub sees of a log in memory that hubs share.</summary>
internal sealed class SharedView(IEventLog shared) : IEventLog
{
    public Epoch Epoch => shared.Epoch;

    public long Head => shared.Head;

    public TrimState Trimmed => shared.Trimmed;

    public RetentionPlan Plan => shared.Plan;

    public Closing? FindClosing(Topic topic) => shared.FindClosing(topic);

    public Epoch EpochAt(long position) => shared.EpochAt(position);

    public ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default) => shared.AppendAsync(batch, cancellationToken);

    public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default) => shared.ReadTailAsync(after, cancellationToken);

    public ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default) => shared.ReadAsync(query, cancellationToken);

    public ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default) => shared.ResolveAsync(id, cancellationToken);

    public ValueTask MaintainAsync(CancellationToken cancellationToken = default) => shared.MaintainAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
