using System.Net;

namespace Siar.Tool;

/// <summary>What load to make, on what.</summary>
internal sealed record BenchRequest
{
    /// <summary>Where readers connect; <c>{topic}</c> stands for the topic. Plain HTTP.</summary>
    public required string SubscribeUrl { get; init; }

    /// <summary>Where events are posted.</summary>
    public required string PublishUrl { get; init; }

    /// <summary>What is posted, with <c>{data}</c> for the payload; the payload alone where null.</summary>
    public string? PublishBody { get; init; }

    public string? PublishType { get; init; }

    public string? Token { get; init; }

    public int Subscribers { get; init; } = 1_000;

    public int Topics { get; init; } = 1;

    /// <summary>Events a second over all topics, sent when they are due whatever became of those before; 0 sends as fast as answers come.</summary>
    public double Rate { get; init; } = 10;

    public int Publishers { get; init; } = 1;

    public int Bytes { get; init; } = 100;

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections opened at once.</summary>
    public int ConnectingAtOnce { get; init; } = 100;

    /// <summary>The server's process, whose CPU and memory are read from the operating system; null where it is not local.</summary>
    public int? ServerProcess { get; init; }

    public bool IsJson { get; init; }

    public bool IsQuiet { get; init; }

    public Uri SubscribeTo(int topic) => new(SubscribeUrl.Replace("{topic}", NameOf(topic)));

    public Uri PublishTo(int topic) => new(PublishUrl.Replace("{topic}", NameOf(topic)));

    public static string NameOf(int topic) => $"bench-{topic}";

    /// <summary>The address that a reader connects from: one has 28,000 ports, and a hub may bound connections by address.</summary>
    public static IPAddress SourceOf(int reader) => new([127, 0, (byte)(1 + (reader / 8_000)), 1]);
}
