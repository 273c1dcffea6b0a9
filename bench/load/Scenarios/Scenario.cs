namespace Siar.Bench.Load.Scenarios;

/// <summary>A load that every contender is put under.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Title">What it is, in a few words.</param>
internal sealed record Scenario(string Name, string Title)
{
    public required int Readers { get; init; }

    public int Topics { get; init; } = 1;

    public int Publishers { get; init; } = 1;

    public int Bytes { get; init; } = 100;

    /// <summary>Events a second over all topics; 0 for as fast as answers come; null for the rate at which the floor uses half its core.</summary>
    public double? Rate { get; init; } = 8;

    /// <summary>Seconds of publishing; 0 for none.</summary>
    public int Seconds { get; init; } = 10;

    /// <summary>Seconds of idling after the last reader has come.</summary>
    public int Settle { get; init; } = 1;

    public int Burst { get; init; }

    /// <summary>Events that are published while all readers are away.</summary>
    public int Missed { get; init; }

    /// <summary>Readers of a hundred that do not read.</summary>
    public int Slow { get; init; }

    public int ConnectAtOnce { get; init; } = 100;

    public bool IsGzip { get; init; }

    /// <summary>Independent servers, over which topics are dealt out.</summary>
    public int Servers { get; init; } = 1;

    /// <summary>Who can do it.</summary>
    public required IReadOnlyList<string> Contenders { get; init; }

    /// <summary>What the report shows.</summary>
    public required IReadOnlyList<Part> Parts { get; init; }
}

/// <summary>A part of what is measured, named as in the instrument's report.</summary>
internal enum Part
{
    Connect,
    Idle,
    Flow,
    Burst,
    Slow,
    Resume,
}
