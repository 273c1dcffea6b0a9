namespace Siar.Auth;

/// <summary>How a set of published keys stands, for logs and health. Immutable.</summary>
/// <param name="Keys">How many keys are held.</param>
/// <param name="FetchedAt">When they were fetched; null before the first time.</param>
/// <param name="LastError">What went wrong with the newest request; null when nothing did.</param>
public sealed record JwksStatus(int Keys, DateTimeOffset? FetchedAt, string? LastError);
