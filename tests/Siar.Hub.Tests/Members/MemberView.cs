using System.Collections.Concurrent;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Members;

/// <summary>A hub's way to the log that it shares, which may be cut, and lose the answer to an append.</summary>
internal sealed class MemberView(IEventLog shared, ConcurrentDictionary<string, HubSign> signs) : IEventLog
{
    private long _head = shared.Head;

    public bool IsCut { get; set; }

    /// <summary>Whether the next append is done and not answered.</summary>
    public bool LosesAnswer { get; set; }

    public bool IsShared => true;

    public Epoch Epoch => shared.Epoch;

    public long Head => IsCut ? _head : _head = shared.Head;

    public TrimState Trimmed => shared.Trimmed;

    public RetentionPlan Plan => shared.Plan;

    public Closing? FindClosing(Topic topic) => shared.FindClosing(topic);

    public Epoch EpochAt(long position) => shared.EpochAt(position);

    public async ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default)
    {
        Check();
        var results = await shared.AppendAsync(batch, cancellationToken);
        if (!LosesAnswer) return results;
        LosesAnswer = false;
        throw new LogUnavailableException(LogState.Unavailable, "The answer is lost.") { MayBeKept = true };
    }

    public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default)
    {
        Check();
        return shared.ReadTailAsync(after, cancellationToken);
    }

    public ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default)
    {
        Check();
        return shared.ReadAsync(query, cancellationToken);
    }

    public ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default) => shared.ResolveAsync(id, cancellationToken);

    public ValueTask MaintainAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken = default)
    {
        Check();
        signs[own.Hub] = own;
        return new([.. signs.Values]);
    }

    public ValueTask RemoveSignAsync(string hub, CancellationToken cancellationToken = default)
    {
        Check();
        signs.TryRemove(hub, out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Check()
    {
        if (IsCut) throw new LogUnavailableException(LogState.Unavailable, "The engine cannot be reached.");
    }
}
