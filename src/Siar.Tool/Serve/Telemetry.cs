using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Siar.Tool;

/// <summary>Sends the meter of the hub and that of the runtime, the traces and the log by OTLP.</summary>
internal sealed class Telemetry : IDisposable
{
    /// <summary>The name of the hub's meter and activity source.</summary>
    public const string Source = "Siar";

    /// <summary>How long one export, or the last one, may take: a collector that does not answer must not hold up the end.</summary>
    private const int TimeoutMilliseconds = 2_000;

    private static ResourceBuilder Resource => ResourceBuilder.CreateDefault().AddService(Product.Name, serviceVersion: Product.Version);

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private Telemetry(Uri endpoint)
    {
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource).AddMeter(Source, "System.Runtime")
            .AddOtlpExporter(exporter => Configure(exporter, endpoint, "v1/metrics")).Build();
        var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Resource).AddSource(Source)
            .AddOtlpExporter(exporter => Configure(exporter, endpoint, "v1/traces"));
        // The web framework makes a parent that nobody samples, and the usual sampler follows it; the standard variable still chooses another.
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER"))) traces.SetSampler(new AlwaysOnSampler());
        _traces = traces.Build();
    }

    /// <summary>Begins to send; null where the settings name no endpoint.</summary>
    public static Telemetry? Start(ServeSettings settings) => settings.Otlp is { } endpoint ? new Telemetry(endpoint) : null;

    /// <summary>Has the log sent as well, as far as its levels let it through.</summary>
    public static void AddLogs(ILoggingBuilder logging, Uri endpoint) => logging.AddOpenTelemetry(logs =>
    {
        logs.SetResourceBuilder(Resource);
        logs.IncludeFormattedMessage = true;
        logs.AddOtlpExporter((exporter, _) => Configure(exporter, endpoint, "v1/logs"));
    });

    public void Dispose()
    {
        _traces.Shutdown(TimeoutMilliseconds);
        _metrics.Shutdown(TimeoutMilliseconds);
        _traces.Dispose();
        _metrics.Dispose();
    }

    private static void Configure(OtlpExporterOptions exporter, Uri endpoint, string path)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/" + path);
        exporter.TimeoutMilliseconds = TimeoutMilliseconds;
    }
}
