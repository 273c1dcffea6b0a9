using Microsoft.Extensions.Logging;
using Siar.Hub;
using Siar.Storage.Postgres;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps a hub's events in PostgreSQL, in one log with other hubs.</summary>
public static partial class PostgresHubBuilderExtensions
{
    /// <summary>
    /// Keeps the hub's log in a PostgreSQL database, which other hubs may share: an event that one of them is given, or that an application publishes in
    /// its own transaction (<c>siar.publish</c>), reaches the readers of all. The log is opened when the application starts; a database that has none is
    /// prepared, where the role may. How much is kept are the <see cref="HubOptions.Retention"/> and <see cref="HubOptions.RetentionClasses"/> of the hub
    /// that made the log, or has <see cref="PostgresLogOptions.AdoptRetention"/>.
    /// </summary>
    /// <param name="builder">The hub that is being added.</param>
    /// <param name="connection">
    /// The database: as Npgsql writes a connection, or a <c>postgresql://</c> URI; several hosts where there are standbys. What it does not say comes from
    /// the environment, as Npgsql knows it (<c>PGPASSWORD</c>, <c>PGPASSFILE</c> and others).
    /// </param>
    /// <param name="configure">Sets options.</param>
    public static TBuilder UsePostgres<TBuilder>(this TBuilder builder, string connection, Action<PostgresLogOptions>? configure = null)
        where TBuilder : HubBuilder
    {
        builder.OpenLog = async (services, hub, cancellationToken) =>
        {
            var options = new PostgresLogOptions();
            configure?.Invoke(options);
            var time = services.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System;
            var log = await PostgresLog.OpenAsync(connection, options, RetentionPlan.Of(hub), time, cancellationToken);
            if (services.GetService(typeof(ILoggerFactory)) is ILoggerFactory loggers) log.LogTo(loggers.CreateLogger<PostgresLog>());
            return log;
        };
        return builder;
    }

    /// <summary>Has a logger told of what happens to a log behind its hub's back: events that were not taken, and work that failed.</summary>
    /// <param name="log">The log.</param>
    /// <param name="logger">The logger.</param>
    public static void LogTo(this PostgresLog log, ILogger logger)
    {
        log.OnBackgroundFailure = failure => LogFailure(logger, log.Description, failure);
        log.OnRefused = refused => LogRefused(logger, refused.Seq, refused.Topic, refused.Reason);
    }

    [LoggerMessage(1, LogLevel.Error, "Work on the log in PostgreSQL ({Connection}) failed; it will be tried again.")]
    private static partial void LogFailure(ILogger logger, string connection, Exception failure);

    [LoggerMessage(2, LogLevel.Warning, "An event that an application published in its transaction was not taken, and stands in siar.outbox_refused as {Seq}: topic '{Topic}'. {Reason}")]
    private static partial void LogRefused(ILogger logger, long seq, string topic, string reason);
}
