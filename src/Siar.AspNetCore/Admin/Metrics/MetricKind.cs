using System.Diagnostics.Metrics;

namespace Siar.AspNetCore;

/// <summary>The kinds of metric that Prometheus' text tells apart and that a meter can make.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>What an instrument's type and unit say about its measurements.</summary>
internal static class MetricKinds
{
    /// <summary>From a tenth of a millisecond, below which an append in memory lies, to ten seconds, after which a publisher has given up.</summary>
    private static readonly double[] Seconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>From a short event to the largest request.</summary>
    private static readonly double[] Bytes = [64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

    private static readonly double[] Numbers = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

    // The runtime's own meter counts these with an instrument that only rises, and they fall.
    private static readonly string[] Falling = ["dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length"];

    /// <summary>The kind of metric that an instrument makes.</summary>
    public static MetricKind Of(Instrument instrument)
    {
        if (Falling.Contains(instrument.Name)) return MetricKind.Gauge;
        var type = Definition(instrument);
        if (type == typeof(Counter<>) || type == typeof(ObservableCounter<>)) return MetricKind.Counter;
        return type == typeof(Histogram<>) ? MetricKind.Histogram : MetricKind.Gauge;
    }

    /// <summary>Whether a measurement is the whole value, and not a difference to be added.</summary>
    public static bool Replaces(Instrument instrument) => Definition(instrument) == typeof(Gauge<>);

    /// <summary>
    /// Where a histogram's buckets end: where its instrument advises, or where its unit makes sense. The upper bounds, rising, without the infinite one.
    /// </summary>
    public static double[] BoundsOf(Instrument instrument) => Advised(instrument) ?? instrument.Unit switch
    {
        "s" => Seconds,
        "By" => Bytes,
        _ => Numbers,
    };

    private static double[]? Advised(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(b => (double)b)],
        _ => null,
    };

    private static Type Definition(Instrument instrument)
    {
        var type = instrument.GetType();
        return type.IsGenericType ? type.GetGenericTypeDefinition() : type;
    }
}
