using Siar.Hub;
using Siar.TestKit;

namespace Siar.Storage.Contract;

/// <summary>How the suite comes by a log. Each log that wants to be held against the contract derives from this.</summary>
public abstract class LogFixture : IAsyncDisposable
{
    public static RetentionLimits NoLimits { get; } = new(null, null, null);

    /// <summary>The clock of all logs that are opened.</summary>
    public ManualTimeProvider Time { get; } = new();

    /// <summary>Whether what is appended is there after the log was closed and opened again.</summary>
    public virtual bool IsDurable => true;

    /// <summary>Opens an empty log.</summary>
    public abstract Task<IEventLog> OpenAsync(RetentionPlan plan);

    /// <summary>Closes a log that this fixture has opened, and opens it again.</summary>
    public abstract Task<IEventLog> ReopenAsync(IEventLog log, RetentionPlan plan);

    /// <summary>Completes when the log keeps no more than its limits.</summary>
    public abstract Task SettleAsync(IEventLog log);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
