using Siar.Hub;

namespace Siar.Storage.Contract;

/// <summary>How the suite comes by two hubs' logs on one engine.</summary>
public abstract class SharedLogFixture : LogFixture
{
    /// <summary>Opens the log of another hub over the engine of a log that this fixture has opened.</summary>
    public abstract Task<IEventLog> OpenOtherAsync(IEventLog log, RetentionPlan plan);

    /// <summary>Completes when a hub's log has come to what others have done. One that reads its engine for each page is always there.</summary>
    public virtual Task ComeUpAsync(IEventLog log) => Task.CompletedTask;
}
