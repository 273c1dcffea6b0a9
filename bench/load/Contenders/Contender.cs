namespace Siar.Bench.Load.Contenders;

/// <summary>A server that is measured.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Title">What it is called in the report.</param>
/// <param name="StartAsync">Starts it for a scenario, on a port of its choice.</param>
internal sealed record Contender(string Name, string Title, Func<Scenarios.Scenario, Task<RunningServer>> StartAsync)
{
    /// <summary>Why it cannot take part; null where it can.</summary>
    public Func<string?> Missing { get; init; } = static () => null;
}
