using System.Collections.Concurrent;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests;

/// <summary>What a hub sees of a log in memory that hubs share, and of the signs that they leave.</summary>
internal sealed class SharedView(IEventLog shared, ConcurrentDictionary<string, HubSign> signs) : IEventLog
{
    public SharedView(IEventLog shared)
        : this(shared, new(StringComparer.Ordinal))
    {
    }

    public bool IsShared => true;

    /// <summary>The signs that hubs have left.</summary>
    public IReadOnlyList<HubSign> Signs => [.. signs.Values];

    /// <summary>What another hub sees of the same log.</summary>
    public SharedView Other() => new(shared, signs);

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

    public ValueTask<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken = default)
    {
        signs[own.Hub] = own;
        return new([.. signs.Values]);
    }

    public ValueTask RemoveSignAsync(string hub, CancellationToken cancellationToken = default)
    {
        signs.TryRemove(hub, out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
