namespace Siar.Hub;

/// <summary>A hub of the log as this one sees it at a moment. Immutable.</summary>
/// <param name="Id">Which.</param>
/// <param name="State">Whether it lives.</param>
/// <param name="Name">What a person calls it.</param>
/// <param name="Count">That of its newest sign.</param>
/// <param name="Report">What it said of itself in its newest sign.</param>
internal sealed record Member(HubId Id, MemberState State, string Name, long Count, MemberReport Report)
{
    /// <summary>When its sign was last found to be another, as a timestamp of this hub's clock.</summary>
    public long MovedAt { get; init; }

    /// <summary>Whether the engine has a sign of it: a hub that stops takes its own away.</summary>
    public bool HasSign { get; init; }

    /// <summary>Whether it is counted among those that live.</summary>
    public bool IsAlive => HasSign && State is MemberState.Alive;
}
