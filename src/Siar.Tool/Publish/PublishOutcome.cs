namespace Siar.Tool;

/// <summary>How far a batch came.</summary>
/// <param name="Ids">The ids of the events that the hub has taken.</param>
/// <param name="Failure">Why the others were not, as a sentence; null when all were.</param>
internal sealed record PublishOutcome(IReadOnlyList<string> Ids, string? Failure);
