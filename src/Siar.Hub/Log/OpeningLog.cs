using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// A log that is opened when the application starts, and can be had before: what would wait for it waits until it is open, and what does not wait finds
/// it empty and unavailable. Safe for concurrent use.
/// </summary>
/// <param name="open">Opens the log. Called once.</param>
internal sealed class OpeningLog(Func<CancellationToken, ValueTask<IEventLog>> open) : IEventLog
{
    private static readonly LogHealth Opening = new(LogState.Unavailable, "The log is not open yet: the hub is being started.");

    private readonly TaskCompletionSource<IEventLog> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IEventLog? _log;

    /// <summary>The log itself; null while it is not open.</summary>
    public IEventLog? Opened => Volatile.Read(ref _log);

    /// <inheritdoc />
    public Epoch Epoch => Opened?.Epoch ?? default;

    /// <inheritdoc />
    public long Head => Opened?.Head ?? 0;

    /// <inheritdoc />
    public bool IsShared => Opened?.IsShared ?? false;

    public LogHealth Health => Opened?.Health ?? Opening;

    /// <inheritdoc />
    public TrimState Trimmed => Opened?.Trimmed ?? TrimState.Nothing;

    /// <inheritdoc />
    public RetentionPlan Plan => Opened?.Plan ?? throw new InvalidOperationException("The log is not open yet.");

    /// <summary>Opens it.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            Volatile.Write(ref _log, await open(cancellationToken));
            _opened.TrySetResult(_log!);
        }
        catch
        {
            // Those that wait have no log; where nobody does, that is no fault of its own.
            _opened.TrySetException(new HubStoppedException());
            _ = _opened.Task.Exception;
            throw;
        }
    }

    /// <summary>Waits until it is open.</summary>
    public async ValueTask<IEventLog> WaitAsync(CancellationToken cancellationToken) => Opened ?? await _opened.Task.WaitAsync(cancellationToken);

    /// <inheritdoc />
    public Closing? FindClosing(Topic topic) => Opened?.FindClosing(topic);

    /// <inheritdoc />
    public Epoch EpochAt(long position) => Opened?.EpochAt(position) ?? default;

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default) =>
        Opened is { } log ? log.AppendAsync(batch, cancellationToken) : AppendWhenOpenAsync(batch, cancellationToken);

    /// <inheritdoc />
    public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default) =>
        Opened is { } log ? log.ReadTailAsync(after, cancellationToken) : ReadTailWhenOpenAsync(after, cancellationToken);

    /// <inheritdoc />
    public async ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default) =>
        await (await WaitAsync(cancellationToken)).ReadAsync(query, cancellationToken);

    /// <inheritdoc />
    public async ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default) =>
        await (await WaitAsync(cancellationToken)).ResolveAsync(id, cancellationToken);

    /// <inheritdoc />
    public ValueTask MaintainAsync(CancellationToken cancellationToken = default) => Opened?.MaintainAsync(cancellationToken) ?? ValueTask.CompletedTask;

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken = default) =>
        await (await WaitAsync(cancellationToken)).SignAsync(own, cancellationToken);

    /// <inheritdoc />
    public async ValueTask RemoveSignAsync(string hub, CancellationToken cancellationToken = default) =>
        await (await WaitAsync(cancellationToken)).RemoveSignAsync(hub, cancellationToken);

    /// <inheritdoc />
    public bool TryChangeLimits(RetentionPlan plan) => Opened?.TryChangeLimits(plan) ?? false;

    /// <inheritdoc />
    public async ValueTask AdoptPlanAsync(RetentionPlan plan, CancellationToken cancellationToken = default) =>
        await (await WaitAsync(cancellationToken)).AdoptPlanAsync(plan, cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Opened?.DisposeAsync() ?? ValueTask.CompletedTask;

    // Apart from the rest, so that what every publish and every event passes through waits for nothing of its own once the log is open.
    private async ValueTask<IReadOnlyList<Appended>> AppendWhenOpenAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken) =>
        await (await WaitAsync(cancellationToken)).AppendAsync(batch, cancellationToken);

    private async ValueTask<LogPage> ReadTailWhenOpenAsync(long after, CancellationToken cancellationToken) =>
        await (await WaitAsync(cancellationToken)).ReadTailAsync(after, cancellationToken);
}
