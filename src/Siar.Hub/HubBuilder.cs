namespace Siar.Hub;

/// <summary>
/// A hub that is being added to an application. The rooms of stores extend it with one method each, such as <c>UseSqlite</c>, and so need
/// know nothing of how the application is hosted.
/// </summary>
public class HubBuilder
{
    /// <summary>
    /// Opens the hub's log, once, when the hub is made; the log is disposed of after the hub. Default: a <see cref="MemoryLog"/> with the
    /// limits of <see cref="HubOptions.Retention"/>.
    /// </summary>
    public Func<HubOptions, TimeProvider, IEventLog> OpenLog { get; set; } =
        static (options, time) => new MemoryLog(RetentionPlan.Of(options), time);
}
