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

    /// <summary>Adds to the application's services one that is made once. For rooms that bring a part of the server with them.</summary>
    /// <exception cref="InvalidOperationException">The hub is not added to a web application.</exception>
    internal virtual void AddSingleton<TService>(Func<IServiceProvider, TService> make)
        where TService : class =>
        throw new InvalidOperationException("This hub has no web application: call AddSiar() on the services of one.");
}
