using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Siar.Hub;

namespace Siar.AspNetCore.Tests;

/// <summary>The hub among what an application sends by OpenTelemetry.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Metrics_and_traces_of_the_hub_are_sent_and_a_publish_is_a_span_inside_what_publishes()
    {
        // Other tests of the process publish meanwhile.
        var measured = new ConcurrentQueue<string>();
        var done = new ConcurrentQueue<Activity>();
        using var requests = new ActivitySource("Telemetry of the test");
        await using var hub = await TestHub.StartAsync();
        using var metrics = Sdk.CreateMeterProviderBuilder().AddSiarInstrumentation().AddReader(new BaseExportingMetricReader(new Collected<Metric>(m => measured.Enqueue(m.Name)))).Build();
        using var traces = Sdk.CreateTracerProviderBuilder().AddSiarInstrumentation().AddSource(requests.Name)
            .AddProcessor(new SimpleActivityExportProcessor(new Collected<Activity>(done.Enqueue))).Build();

        using (var request = requests.StartActivity("request")!)
        {
            await hub.Hub.PublishAsync("a", "1");
            metrics.ForceFlush();
            done.ShouldContain(a => a.OperationName == "siar.publish" && a.ParentSpanId == request.SpanId);
        }

        measured.ShouldContain("siar.publishes");
    }

    private sealed class Collected<T>(Action<T> add) : BaseExporter<T>
        where T : class
    {
        public override ExportResult Export(in Batch<T> batch)
        {
            foreach (var item in batch) add(item);
            return ExportResult.Success;
        }
    }
}
