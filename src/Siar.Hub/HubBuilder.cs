namespace Siar.Hub;

/// <summary>
/// A hub that is being added to an application. The rooms of stores extend it with one method each, such as <c>UseSqlite</c>, and so need
/// know nothing of how the application is hosted.
/// </summary>
public class HubBuilder
{
    /// <summary>
    /// Opens the hub's log, once, when the application starts; what it throws stops the start. It is given the application's services, such as its
    /// logging and its <see cref="TimeProvider"/>, the hub's options, and what ends the start. The log is disposed of after the hub. What is published
    /// or subscribed to before it is open waits for it. Default: a <see cref="MemoryLog"/> with the limits of <see cref="HubOptions.Retention"/>.
    /// </summary>
    public Func<IServiceProvider, HubOptions, CancellationToken, ValueTask<IEventLog>> OpenLog { get; set; } =
        static (services, options, _) => new(new MemoryLog(RetentionPlan.Of(options), services.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System));

    /// <summary>Adds to the application's services one that is made once. For rooms that bring a part of the server with them.</summary>
    /// <exception cref="InvalidOperationException">The hub is not added to a web application.</exception>
    internal virtual void AddSingleton<TService>(Func<IServiceProvider, TService> make)
        where TService : class =>
        throw new InvalidOperationException("This hub has no web application: call AddSiar() on the services of one.");
}
