using System.Text.Json.Serialization;

namespace Siar.Tool;

/// <summary>What a run found. Latencies are in milliseconds from the moment an event was due to the moment a reader had it parsed.</summary>
internal sealed record BenchReport
{
    public required int Subscribers { get; init; }

    public required int Topics { get; init; }

    public required int Bytes { get; init; }

    public required double Seconds { get; init; }

    public required long Published { get; init; }

    public required long Expected { get; init; }

    public required long Delivered { get; init; }

    public required long Missed { get; init; }

    public required long Repeated { get; init; }

    public required long StreamsEnded { get; init; }

    public double DeliveriesPerSecond => Delivered / Seconds;

    public required Latencies Delivery { get; init; }

    public required Latencies Publish { get; init; }

    /// <summary>The load's own CPU for an event that was received, in microseconds: it must not be what is measured.</summary>
    public required double ClientMicrosecondsPerDelivery { get; init; }

    public required double ConnectSeconds { get; init; }

    /// <summary>The server's part; null where its process was not named.</summary>
    public ServerFigures? Server { get; init; }

    /// <summary>Whether every reader got every event once and in order.</summary>
    public bool IsComplete => Delivered == Expected && Missed == 0 && Repeated == 0 && StreamsEnded == 0;
}

/// <summary>Quantiles in milliseconds.</summary>
internal sealed record Latencies(double P50, double P90, double P99, double P999, double Max)
{
    public static Latencies Of(LatencyHistogram histogram) => new(
        Milliseconds(histogram.Quantile(0.5)), Milliseconds(histogram.Quantile(0.9)), Milliseconds(histogram.Quantile(0.99)),
        Milliseconds(histogram.Quantile(0.999)), Milliseconds(histogram.Max));

    private static double Milliseconds(long microseconds) => microseconds / 1_000.0;
}

/// <summary>What the server's processes used.</summary>
/// <param name="MicrosecondsPerDelivery">CPU for a delivery while events flowed.</param>
/// <param name="MicrosecondsPerConnect">CPU for a connection that was opened.</param>
/// <param name="CpuShare">CPU while events flowed, in cores.</param>
/// <param name="KiBPerSubscriber">Growth of resident memory by the idle subscribers, for each.</param>
/// <param name="SlabKiBPerSubscriber">Growth of the kernel's slabs on the whole machine, both ends of the connection, for each.</param>
/// <param name="MemoryMiB">Resident memory after the run.</param>
internal sealed record ServerFigures(
    double MicrosecondsPerDelivery, double MicrosecondsPerConnect, double CpuShare, double KiBPerSubscriber, double SlabKiBPerSubscriber, double MemoryMiB);

[JsonSerializable(typeof(BenchReport))]
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class BenchJson : JsonSerializerContext;
