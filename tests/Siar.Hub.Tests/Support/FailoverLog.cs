using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests;

/// <summary>A log whose engine loses its newest events, and goes on in another epoch.</summary>
internal sealed class FailoverLog : IEventLog
{
    private readonly LogTail _tail = new(0);
    private readonly List<(MemoryLog Log, long After)> _lives = [(New(), 0)];

    public Epoch Epoch => Present.Epoch;

    public long Head => _tail.Head;

    public TrimState Trimmed => TrimState.Nothing;

    public RetentionPlan Plan => Present.Plan;

    private MemoryLog Present => _lives[^1].Log;

    /// <summary>Loses what stands behind a position.</summary>
    public async Task FailOverAsync(long after)
    {
        var next = New();
        var kept = await Present.ReadAsync(new LogQuery(0, MatcherSet.All, int.MaxValue, int.MaxValue));
        foreach (var logged in kept.Events.Where(e => e.Position <= after)) await next.AppendAsync([new Append([logged.Content])]);
        _lives.Add((next, after));
        _tail.BeginEpoch(after);
    }

    public Closing? FindClosing(Topic topic) => null;

    public Epoch EpochAt(long position) => _lives.FindLast(l => l.After < position) is { Log: { } log } ? log.Epoch : _lives[0].Log.Epoch;

    public async ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default)
    {
        var previous = Present.Head;
        var results = await Present.AppendAsync(batch, cancellationToken);
        _tail.Add(batch, results, previous);
        return results;
    }

    public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default) => _tail.ReadAsync(this, after, cancellationToken);

    public ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default) => Present.ReadAsync(query, cancellationToken);

    public ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default)
    {
        HubEventId.TryParse(id, out var hubId).ShouldBeTrue();
        var life = _lives.FindIndex(l => l.Log.Epoch == hubId.Epoch);
        if (life == _lives.Count - 1 || hubId.Position <= _lives[life + 1].After) return new(new ResolvedCursor(hubId.Position, null));
        return new(new ResolvedCursor(_lives[life + 1].After, GapReason.OtherEpoch));
    }

    public ValueTask MaintainAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static MemoryLog New() => new(RetentionPlan.Of(new HubOptions()), TimeProvider.System);
}
