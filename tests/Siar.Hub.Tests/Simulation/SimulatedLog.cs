using System.Collections.Immutable;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Simulation;

/// <summary>
/// The log of a simulated hub: one in memory, that outlives the hub where the schedule says so, that fails now and then before and after it has kept a batch
/// and while it reads, and that another hub appends to, of which this one hears later. It takes down all that it has kept, which is the model.
/// </summary>
internal sealed class SimulatedLog(MemoryLog log, Random random, double failures, Action<ImmutableArray<LoggedEvent>> onKept) : IEventLog
{
    private readonly LogTail _tail = new(0);

    /// <summary>Whether it fails now and then.</summary>
    public bool Fails { get; set; } = true;

    /// <inheritdoc />
    public Epoch Epoch => log.Epoch;

    /// <inheritdoc />
    public long Head => _tail.Head;

    /// <inheritdoc />
    public TrimState Trimmed => log.Trimmed;

    /// <inheritdoc />
    public RetentionPlan Plan => log.Plan;

    /// <inheritdoc />
    public Epoch EpochAt(long position) => log.EpochAt(position);

    /// <inheritdoc />
    public Closing? FindClosing(Topic topic) => log.FindClosing(topic);

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default)
    {
        if (IsFailing()) throw new LogUnavailableException(LogState.Unavailable, "before the commit");
        var previous = log.Head;
        var results = await KeepAsync(batch);

        // Of a batch whose answer is lost the log hears as of one that somebody else appended.
        if (IsFailing()) throw new LogUnavailableException(LogState.Unavailable, "after the commit") { MayBeKept = true };
        _tail.Add(batch, results, previous);
        return results;
    }

    /// <summary>Another hub appends. This one hears of it with <see cref="Hear"/>, or when it appends itself.</summary>
    public ValueTask<IReadOnlyList<Appended>> AppendElsewhereAsync(Event content) => KeepAsync([new Append([content])]);

    /// <summary>This hub hears what was appended elsewhere.</summary>
    public void Hear() => _tail.Advance(log.Head);

    /// <inheritdoc />
    public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default) =>
        IsFailing() ? throw new IOException("the tail cannot be read") : _tail.ReadAsync(this, after, cancellationToken);

    /// <inheritdoc />
    public ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default) =>
        IsFailing() ? throw new IOException("the log cannot be read") : log.ReadAsync(query, cancellationToken);

    /// <inheritdoc />
    public ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default) => log.ResolveAsync(id, cancellationToken);

    /// <inheritdoc />
    public ValueTask MaintainAsync(CancellationToken cancellationToken = default) => log.MaintainAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => log.DisposeAsync();

    private async ValueTask<IReadOnlyList<Appended>> KeepAsync(IReadOnlyList<Append> batch)
    {
        var results = await log.AppendAsync(batch);
        foreach (var result in results)
        {
            if (!result.IsRepeat) onKept(result.Events);
        }

        return results;
    }

    private bool IsFailing() => Fails && failures > 0 && random.NextDouble() < failures;
}
