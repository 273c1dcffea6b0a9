using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>The hub's own figures, from the meter that it shows everybody.</summary>
internal sealed class HubReader : IFigureReader, IDisposable
{
    private readonly Rates _rates = new();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _observed = new(StringComparer.Ordinal);
    private long _publishes;

    public HubReader()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Telemetry.Source) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Take);
        _listener.Start();
    }

    public string Name => "hub";

    public byte[] Read(double seconds)
    {
        _observed.Clear();
        _listener.RecordObservableInstruments();
        var figures = new HubFigures(
            Value("siar.subscribers"),
            Value("siar.subscribers.behind"),
            _rates.PerSecond("publishes", Interlocked.Read(ref _publishes), seconds),
            _rates.PerSecond("deliveries", Value("siar.deliveries"), seconds),
            _rates.PerSecond("bytes", Value("siar.delivered"), seconds),
            Value("siar.gaps"),
            Value("siar.window.size"),
            Value("siar.log.head"));
        return JsonSerializer.SerializeToUtf8Bytes(figures, FiguresJson.Default.HubFigures);
    }

    public void Dispose() => _listener.Dispose();

    private long Value(string instrument) => _observed.GetValueOrDefault(instrument);

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        // What is observed is told to the thread that asks; what is counted, by any thread.
        if (instrument.IsObservable) _observed[instrument.Name] = _observed.GetValueOrDefault(instrument.Name) + value;
        else if (instrument.Name == "siar.publishes") Interlocked.Add(ref _publishes, value);
    }
}
