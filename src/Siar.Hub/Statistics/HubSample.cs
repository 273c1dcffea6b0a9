using System.Text.Json.Serialization;

namespace Siar.Hub;

/// <summary>What a hub did in about a second.</summary>
internal sealed record HubSample
{
    /// <summary>The end of the second, in milliseconds since 1970.</summary>
    public required long Time { get; init; }

    /// <summary>Open streams.</summary>
    public required long Connections { get; init; }

    /// <summary>Of these, those that are not level with the log.</summary>
    public required long Behind { get; init; }

    /// <summary>Events published, a second.</summary>
    public required double Publishes { get; init; }

    /// <summary>Events handed to outlets, a second.</summary>
    public required double Deliveries { get; init; }

    /// <summary>Their bytes, a second.</summary>
    public required double Bytes { get; init; }

    /// <summary>From a publish to the write to a reader that was level, in milliseconds; null where nothing was written.</summary>
    public required double? LatencyMedian { get; init; }

    /// <summary>The time that 99 of 100 such writes did not exceed, in milliseconds.</summary>
    public required double? LatencyHigh { get; init; }

    /// <summary>Gaps that readers met, since the start.</summary>
    public required long Gaps { get; init; }

    /// <summary>Requests refused since the start, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Refusals { get; init; }

    /// <summary>Streams ended since the start, by reason; those without any are left out.</summary>
    public required IReadOnlyDictionary<string, long> Ended { get; init; }

    /// <summary>The process' memory, in bytes.</summary>
    public required long Memory { get; init; }

    /// <summary>What the managed heap holds of it.</summary>
    public required long Heap { get; init; }

    /// <summary>What the newest frames take.</summary>
    public required long Window { get; init; }

    /// <summary>Processors that the process kept busy, on average.</summary>
    public required double Processors { get; init; }

    /// <summary>The newest position.</summary>
    public required long Head { get; init; }
}

/// <summary>One open stream.</summary>
/// <param name="Number">Names it while it is open.</param>
/// <param name="Name">The reader's name as the authorisation knows it; null where it has none.</param>
/// <param name="Address">Where it comes from; null for a reader in the same process.</param>
/// <param name="Matchers">What it asked for, the first few.</param>
/// <param name="MoreMatchers">How many further ones there are.</param>
/// <param name="Since">When it came, in milliseconds since 1970.</param>
/// <param name="Events">How many events it was sent.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Lag">How many positions its cursor is behind the log's head.</param>
/// <param name="State">One of <c>live</c>, <c>catching-up</c>, <c>not-reading</c>, <c>waiting</c>.</param>
internal sealed record ConnectionSample(
    long Number, string? Name, string? Address, IReadOnlyList<string> Matchers, int MoreMatchers, long Since, long Events, long Bytes, long Lag, string State);

/// <summary>The open streams that are furthest behind.</summary>
/// <param name="Time">When, in milliseconds since 1970.</param>
/// <param name="Total">How many streams are open.</param>
/// <param name="Connections">Those that are furthest behind, that one first.</param>
internal sealed record ConnectionsSample(long Time, long Total, IReadOnlyList<ConnectionSample> Connections);

/// <summary>What happens on one topic.</summary>
/// <param name="Topic">The topic: an event counts on its canonical one.</param>
/// <param name="Rate">Events a second, averaged over the last ten or so.</param>
/// <param name="Events">How many came since the hub began to watch.</param>
/// <param name="Subscribers">Streams that ask for it, by whatever matcher.</param>
/// <param name="Oldest">The time of the oldest event that the log still has, in milliseconds since 1970; null where it has none.</param>
/// <param name="Newest">The time of the newest.</param>
internal sealed record TopicSample(string Topic, double Rate, long Events, long Subscribers, long? Oldest, long Newest);

/// <summary>The most active topics.</summary>
/// <param name="Time">When, in milliseconds since 1970.</param>
/// <param name="Known">How many topics the hub has seen lately.</param>
/// <param name="Topics">The most active ones, that one first.</param>
internal sealed record TopicsSample(long Time, int Known, IReadOnlyList<TopicSample> Topics);

/// <summary>How samples become JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HubSample))]
[JsonSerializable(typeof(ConnectionsSample))]
[JsonSerializable(typeof(TopicsSample))]
internal sealed partial class SampleJson : JsonSerializerContext;
