using System.Diagnostics.Metrics;

namespace Siar.AspNetCore;

/// <summary>What an instrument's type says about its measurements.</summary>
internal static class MetricKinds
{
    /// <summary>The kind of metric that an instrument makes.</summary>
    public static MetricKind Of(Instrument instrument)
    {
        var type = Definition(instrument);
        if (type == typeof(Counter<>) || type == typeof(ObservableCounter<>)) return MetricKind.Counter;
        return type == typeof(Histogram<>) ? MetricKind.Histogram : MetricKind.Gauge;
    }

    /// <summary>Whether a measurement is the whole value, and not a difference to be added.</summary>
    public static bool Replaces(Instrument instrument) => Definition(instrument) == typeof(Gauge<>);

    private static Type Definition(Instrument instrument)
    {
        var type = instrument.GetType();
        return type.IsGenericType ? type.GetGenericTypeDefinition() : type;
    }
}
