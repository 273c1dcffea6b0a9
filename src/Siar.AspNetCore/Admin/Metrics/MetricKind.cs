namespace Siar.AspNetCore;

/// <summary>The kinds of metric that Prometheus' text tells apart and that a meter can make.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
