using Microsoft.Extensions.Logging;
using Siar.Hub;
using Siar.Storage.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps a hub's events in an SQLite file.</summary>
public static class SqliteHubBuilderExtensions
{
    private static readonly Action<ILogger, string, Exception?> LogFailure = LoggerMessage.Define<string>(
        LogLevel.Error, new EventId(1), "The log '{Path}' could not be tidied up (trimmed, or its write-ahead log moved into the file); it will be tried again.");

    /// <summary>
    /// Keeps the hub's log in a file, so that it survives restarts. It is opened when the application starts. How much it keeps are the hub's <see cref="HubOptions.Retention"/> and
    /// <see cref="HubOptions.RetentionClasses"/>.
    /// </summary>
    /// <param name="builder">The hub that is being added.</param>
    /// <param name="path">The file, made if it is not there; its folder must exist.</param>
    /// <param name="configure">Sets options.</param>
    public static TBuilder UseSqlite<TBuilder>(this TBuilder builder, string path, Action<SqliteLogOptions>? configure = null)
        where TBuilder : HubBuilder
    {
        builder.OpenLog = async (services, hub, cancellationToken) =>
        {
            var options = new SqliteLogOptions();
            configure?.Invoke(options);
            var time = services.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System;
            var log = await Task.Run(() => SqliteLog.Open(path, options, RetentionPlan.Of(hub), time), cancellationToken);
            if ((services.GetService(typeof(ILoggerFactory)) as ILoggerFactory)?.CreateLogger<SqliteLog>() is { } logger)
                log.OnBackgroundFailure = failure => LogFailure(logger, log.Path, failure);
            return log;
        };
        return builder;
    }
}
