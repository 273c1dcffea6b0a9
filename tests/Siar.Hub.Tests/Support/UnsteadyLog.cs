using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests;

/// <summary>A log in memory that several append to, and that fails now and then: before it keeps a batch, after it has kept it, and while it reads.</summary>
internal sealed class UnsteadyLog(int seed, double failures) : IEventLog
{
    private readonly MemoryLog _log = new(new RetentionLimits(null, null, null), [], TimeProvider.System);
    private readonly SemaphoreSlim _appending = new(1);
    private readonly Random _random = new(seed);

    /// <summary>Whether it fails; set to false to look at what it holds.</summary>
    public bool Fails { get; set; } = true;

    public Epoch Epoch => _log.Epoch;

    public long Head => _log.Head;

    public TrimState Trimmed => _log.Trimmed;

    public RetentionPlan Plan => _log.Plan;

    public Epoch EpochAt(long position) => _log.EpochAt(position);

    public Closing? FindClosing(Topic topic) => _log.FindClosing(topic);

    public async ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default)
    {
        await _appending.WaitAsync(cancellationToken);
        try
        {
            if (IsFailing()) throw new LogUnavailableException(LogState.Unavailable, "before the commit");
            var appended = await _log.AppendAsync(batch, cancellationToken);
            return IsFailing() ? throw new LogUnavailableException(LogState.Unavailable, "after the commit") { MayBeKept = true } : appended;
        }
        finally
        {
            _appending.Release();
        }
    }

    public async ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default)
    {
        if (IsFailing()) throw new IOException("the tail");
        return await _log.ReadTailAsync(after, cancellationToken);
    }

    public ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default) =>
        IsFailing() ? throw new IOException("reading") : _log.ReadAsync(query, cancellationToken);

    public ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default) => _log.ResolveAsync(id, cancellationToken);

    public ValueTask MaintainAsync(CancellationToken cancellationToken = default) =>
        IsFailing() ? throw new IOException("maintenance") : _log.MaintainAsync(cancellationToken);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    private bool IsFailing()
    {
        lock (_random) return Fails && _random.NextDouble() < failures;
    }
}
