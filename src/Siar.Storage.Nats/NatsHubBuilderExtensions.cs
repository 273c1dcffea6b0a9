using Microsoft.Extensions.Logging;
using Siar.Hub;
using Siar.Storage.Nats;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps a hub's events in NATS JetStream, in one log with other hubs.</summary>
public static partial class NatsHubBuilderExtensions
{
    /// <summary>
    /// Keeps the hub's log in a stream of NATS JetStream, which other hubs may share: an event that one of them is given reaches the readers of all. The log is
    /// opened when the application starts; a stream is made where there is none. How much is kept are the <see cref="HubOptions.Retention"/> and
    /// <see cref="HubOptions.RetentionClasses"/> of the hub that made the log, or has <see cref="Siar.Storage.Journal.JournalOptions.AdoptRetention"/>.
    /// </summary>
    /// <param name="builder">The hub that is being added.</param>
    /// <param name="servers">The servers: URLs such as <c>nats://user:password@n1:4222</c>, with commas between; <c>tls://</c> for TLS.</param>
    /// <param name="configure">Sets options.</param>
    public static TBuilder UseNats<TBuilder>(this TBuilder builder, string servers, Action<NatsLogOptions>? configure = null)
        where TBuilder : HubBuilder
    {
        builder.OpenLog = async (services, hub, cancellationToken) =>
        {
            var options = new NatsLogOptions();
            configure?.Invoke(options);
            var time = services.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System;
            var log = await NatsLog.OpenAsync(servers, options, RetentionPlan.Of(hub), time, cancellationToken);
            if ((services.GetService(typeof(ILoggerFactory)) as ILoggerFactory)?.CreateLogger<NatsLog>() is { } logger)
                log.OnBackgroundFailure = failure => LogFailure(logger, log.Description, failure);
            return log;
        };
        return builder;
    }

    [LoggerMessage(1, LogLevel.Error, "Work on the log in NATS JetStream ({Servers}) failed; it will be tried again.")]
    private static partial void LogFailure(ILogger logger, string servers, Exception failure);
}
