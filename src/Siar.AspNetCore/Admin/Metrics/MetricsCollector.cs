using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Listens to this process' meters and keeps their figures for whoever scrapes them. It listens from before the hub starts, since a
/// counter tells only what is added. Safe for concurrent use.
/// </summary>
internal sealed partial class MetricsCollector : IHostedLifecycleService, IDisposable
{
    private readonly Func<Meter, bool> _wants;
    private readonly ILogger<MetricsCollector> _log;
    private readonly SampledLog _sampled;
    private readonly MeterListener _listener = new();
    private readonly Lock _scrape = new();
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<MetricFamily, bool> _observed = [];

    public MetricsCollector(ILogger<MetricsCollector> log, TimeProvider time)
        : this(log, IsExported, time)
    {
    }

    /// <summary>Makes a collector of the meters that a test wants.</summary>
    internal MetricsCollector(ILogger<MetricsCollector> log, Func<Meter, bool> wants, TimeProvider time)
    {
        _sampled = new SampledLog(time);
        _log = log;
        _wants = wants;
        _listener.InstrumentPublished = OnInstrument;
        _listener.SetMeasurementEventCallback<byte>((i, v, tags, state) => Take(i, v, tags, state));
        _listener.SetMeasurementEventCallback<short>((i, v, tags, state) => Take(i, v, tags, state));
        _listener.SetMeasurementEventCallback<int>((i, v, tags, state) => Take(i, v, tags, state));
        _listener.SetMeasurementEventCallback<long>((i, v, tags, state) => Take(i, v, tags, state));
        _listener.SetMeasurementEventCallback<float>((i, v, tags, state) => Take(i, v, tags, state));
        _listener.SetMeasurementEventCallback<double>(Take);
        _listener.SetMeasurementEventCallback<decimal>((i, v, tags, state) => Take(i, (double)v, tags, state));
    }

    /// <summary>Begins to listen.</summary>
    public void Start() => _listener.Start();

    /// <summary>Asks what is observed, and writes all figures as Prometheus text 0.0.4, or as OpenMetrics 1.0. Scrapes that come at once take turns.</summary>
    public byte[] Scrape(bool isOpenMetrics = false)
    {
        lock (_scrape)
        {
            foreach (var family in _observed.Keys) family.ForgetObserved();
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException failure)
            {
                // One instrument that cannot answer must not hide the others, which have answered all the same. Scrapes may be frequent.
                if (_sampled.TryTake("instrument", out var leftOut)) LogUnanswered(failure.InnerException ?? failure, leftOut);
            }

            return PrometheusText.Write(_families.Values.OrderBy(f => f.Name, StringComparer.Ordinal), isOpenMetrics);
        }
    }

    public void Dispose() => _listener.Dispose();

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken)
    {
        Start();
        return Task.CompletedTask;
    }

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The hub's own meter, the process', and the runtime's for processor time, memory, collections and the thread pool.</summary>
    private static bool IsExported(Meter meter) => meter.Name is HubMetrics.Name or ProcessMetrics.Name or "System.Runtime";

    private void OnInstrument(Instrument instrument, MeterListener listener)
    {
        if (!_wants(instrument.Meter)) return;
        var kind = MetricKinds.Of(instrument);
        var name = PrometheusText.NameOf(instrument, kind);
        var family = _families.GetOrAdd(name, static (n, of) => new MetricFamily(n, of.kind, of.instrument), (kind, instrument));

        // A name has one kind: a second instrument that would give it another is left out.
        if (family.Kind != kind) return;
        if (instrument.IsObservable) _observed.TryAdd(family, true);
        listener.EnableMeasurementEvents(instrument, family);
    }

    private static void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        ((MetricFamily)state!).Take(instrument, value, tags);

    [LoggerMessage(LogLevel.Warning, "An instrument could not be read for the metrics.{LeftOut}")]
    private partial void LogUnanswered(Exception failure, string leftOut);
}
