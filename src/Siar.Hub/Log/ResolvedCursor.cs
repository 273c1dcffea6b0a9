namespace Siar.Hub;

/// <summary>Where an id leads in a log.</summary>
/// <param name="Position">Go on after this position. Where a gap is told, the oldest place that can be vouched for.</param>
/// <param name="Gap">Why some events after the id may be missing, or null when the log can give all of them (or tell by trimming).</param>
public readonly record struct ResolvedCursor(long Position, GapReason? Gap);
