using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests;

/// <summary>What another hub sees of a log that hubs share, while the engine's news reaches it late.</summary>
internal sealed class HeldBackLog(IEventLog shared) : IEventLog
{
    private readonly LogTail _tail = new(0);

    public Epoch Epoch => shared.Epoch;

    public long Head => _tail.Head;

    public TrimState Trimmed => shared.Trimmed;

    public RetentionPlan Plan => shared.Plan;

    /// <summary>Lets this hub see what the log has by now.</summary>
    public void CatchUp() => _tail.Advance(shared.Head);

    public Closing? FindClosing(Topic topic) => shared.FindClosing(topic);

    public Epoch EpochAt(long position) => shared.EpochAt(position);

    public ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default) => shared.AppendAsync(batch, cancellationToken);

    public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default) => _tail.ReadAsync(this, after, cancellationToken);

    public async ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default)
    {
        var head = Head;
        var page = await shared.ReadAsync(query, cancellationToken);
        return page with { Events = [.. page.Events.Where(e => e.Position <= head)], ReadThrough = Math.Max(query.After, Math.Min(page.ReadThrough, head)) };
    }

    public ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default) => shared.ResolveAsync(id, cancellationToken);

    public ValueTask MaintainAsync(CancellationToken cancellationToken = default) => shared.MaintainAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
