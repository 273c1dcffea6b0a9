namespace Siar.Client.Tests;

/// <summary>How a behaviour is tried.</summary>
public enum Way
{
    /// <summary>The client itself, without a network, on a clock that stands still.</summary>
    InMemory,

    /// <summary>Through the contract's service, over loopback.</summary>
    OverRest,
}
