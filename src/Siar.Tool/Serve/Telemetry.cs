using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Siar.Tool;

/// <summary>Sends the meter and the traces of the hub by OTLP.</summary>
internal sealed class Telemetry : IDisposable
{
    /// <summary>The name of the hub's meter and activity source.</summary>
    public const string Source = "Siar";

    /// <summary>How long one export, or the last one, may take: a collector that does not answer must not hold up the end.</summary>
    private const int TimeoutMilliseconds = 2_000;

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private Telemetry(Uri endpoint)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(Product.Name, serviceVersion: Product.Version);
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Source)
            .AddOtlpExporter(exporter => Configure(exporter, endpoint, "v1/metrics")).Build();
        var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Source)
            .AddOtlpExporter(exporter => Configure(exporter, endpoint, "v1/traces"));
        // The web framework makes a parent that nobody samples, and the usual sampler follows it; the standard variable still chooses another.
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER"))) traces.SetSampler(new AlwaysOnSampler());
        _traces = traces.Build();
    }

    /// <summary>Begins to send; null where the settings name no endpoint.</summary>
    public static Telemetry? Start(ServeSettings settings) => settings.Otlp is { } endpoint ? new Telemetry(endpoint) : null;

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
