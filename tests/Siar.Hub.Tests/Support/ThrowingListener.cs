using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Siar.Hub.Tests;

/// <summary>Listeners of a hub's own meter and traces that throw, as a broken exporter does.</summary>
internal static class ThrowingListener
{
    /// <summary>Throws at each measurement of a meter with this name.</summary>
    public static MeterListener OfMeter(string meter)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == meter && !instrument.IsObservable) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("measurement"));
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("measurement"));
        listener.Start();
        return listener;
    }

    /// <summary>Throws where a publish with this topic begins or ends its trace.</summary>
    public static ActivityListener OfTraces(string topic, bool atStart) => Listen(new ActivityListener
    {
        ShouldListenTo = source => source.Name == HubMetrics.Name,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        ActivityStarted = _ =>
        {
            if (atStart && Topic.Value == topic) throw new InvalidOperationException("trace");
        },
        ActivityStopped = activity =>
        {
            if (!atStart && activity.GetTagItem("messaging.destination.name") as string == topic) throw new InvalidOperationException("trace");
        },
    });

    /// <summary>Marks what this test publishes: a trace that begins has no tags yet, and other tests publish beside it.</summary>
    public static AsyncLocal<string?> Topic { get; } = new();

    private static ActivityListener Listen(ActivityListener listener)
    {
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
