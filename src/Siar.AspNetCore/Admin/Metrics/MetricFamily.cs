using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Siar.AspNetCore;

/// <summary>
/// A metric and its series. Instruments with one name share a family, as when a process holds two hubs: their figures are added. Safe for
/// concurrent use, except that only one scrape may run.
/// </summary>
internal sealed class MetricFamily(string name, MetricKind kind, Instrument instrument)
{
    /// <summary>How many series a metric may have: labels are fixed words, and a mistake must not take the memory.</summary>
    private const int MaxSeries = 1_000;

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly double[]? _bounds = kind is MetricKind.Histogram ? MetricKinds.BoundsOf(instrument) : null;

    public string Name => name;

    public MetricKind Kind => kind;

    /// <summary>What it measures, in words for people; may be empty.</summary>
    public string Help { get; } = instrument.Description ?? "";

    /// <summary>The bounds of a histogram's buckets.</summary>
    public ReadOnlySpan<double> Bounds => _bounds;

    /// <summary>The series by labels, in an order that does not change from scrape to scrape.</summary>
    public IEnumerable<MetricSeries> Series => _series.Values.OrderBy(s => s.Labels, StringComparer.Ordinal);

    /// <summary>Takes a measurement.</summary>
    public void Take(Instrument source, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = SeriesOf(PrometheusText.LabelsOf(tags));
        if (_bounds is not null) series.Record(value);
        else if (MetricKinds.Replaces(source)) series.Set(value);
        else series.Add(value);
    }

    /// <summary>What is observed is told anew in each scrape: what is no longer told is gone.</summary>
    public void ForgetObserved() => _series.Clear();

    private MetricSeries SeriesOf(string labels)
    {
        if (_series.TryGetValue(labels, out var known)) return known;
        if (_series.Count >= MaxSeries) labels = PrometheusText.Overflow;
        return _series.GetOrAdd(labels, static (text, bounds) => new MetricSeries(text, bounds), _bounds);
    }
}
