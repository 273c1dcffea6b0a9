using Microsoft.Extensions.Logging;
using Siar.Hub;
using Siar.Storage.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps a hub's events in Redis, in one log with other hubs.</summary>
public static partial class RedisHubBuilderExtensions
{
    /// <summary>
    /// Keeps the hub's log in a stream of Redis, which other hubs may share: an event that one of them is given reaches the readers of all. The log is
    /// opened when the application starts; a stream is made where there is none. How much is kept are the <see cref="HubOptions.Retention"/> and
    /// <see cref="HubOptions.RetentionClasses"/> of the hub that made the log, or has <see cref="Siar.Storage.Journal.JournalOptions.AdoptRetention"/>.
    /// </summary>
    /// <param name="builder">The hub that is being added.</param>
    /// <param name="connection">The connection as StackExchange.Redis writes it, such as <c>redis1:6379,user=hub,password=…,ssl=true</c>.</param>
    /// <param name="configure">Sets options.</param>
    public static TBuilder UseRedis<TBuilder>(this TBuilder builder, string connection, Action<RedisLogOptions>? configure = null)
        where TBuilder : HubBuilder
    {
        builder.OpenLog = async (services, hub, cancellationToken) =>
        {
            var options = new RedisLogOptions();
            configure?.Invoke(options);
            var time = services.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System;
            var log = await RedisLog.OpenAsync(connection, options, RetentionPlan.Of(hub), time, cancellationToken);
            if ((services.GetService(typeof(ILoggerFactory)) as ILoggerFactory)?.CreateLogger<RedisLog>() is { } logger)
                log.OnBackgroundFailure = failure => LogFailure(logger, log.Description, failure);
            return log;
        };
        return builder;
    }

    [LoggerMessage(1, LogLevel.Error, "Work on the log in Redis ({Connection}) failed; it will be tried again.")]
    private static partial void LogFailure(ILogger logger, string connection, Exception failure);
}
