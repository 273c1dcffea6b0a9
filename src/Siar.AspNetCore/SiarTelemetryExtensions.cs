using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Siar.Hub;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the hub to what an application sends by OpenTelemetry.</summary>
public static class SiarTelemetryExtensions
{
    /// <summary>Adds the hub's meter, <c>Siar</c>: <c>AddOpenTelemetry().WithMetrics(m => m.AddSiarInstrumentation())</c>.</summary>
    /// <param name="builder">The application's metrics.</param>
    public static MeterProviderBuilder AddSiarInstrumentation(this MeterProviderBuilder builder) => builder.AddMeter(HubMetrics.Name);

    /// <summary>
    /// Adds the hub's activities, <c>Siar</c>: a publish is a span inside the request or the work that publishes, where that is sampled.
    /// <c>AddOpenTelemetry().WithTracing(t => t.AddSiarInstrumentation())</c>.
    /// </summary>
    /// <param name="builder">The application's traces.</param>
    public static TracerProviderBuilder AddSiarInstrumentation(this TracerProviderBuilder builder) => builder.AddSource(HubMetrics.Name);
}
