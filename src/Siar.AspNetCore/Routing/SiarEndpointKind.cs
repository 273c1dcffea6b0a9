namespace Siar.AspNetCore;

/// <summary>Marks endpoints that a dashboard leads to.</summary>
internal sealed record SiarEndpointKind(SiarEndpoint Kind);

/// <summary>What an endpoint is for.</summary>
internal enum SiarEndpoint
{
    /// <summary>The plain API's root, where an application has mapped it.</summary>
    Events,

    /// <summary>The demonstration's page.</summary>
    Demo,
}
