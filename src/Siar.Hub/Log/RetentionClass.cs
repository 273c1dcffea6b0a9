namespace Siar.Hub;

/// <summary>How much a log keeps of a set of topics. The smallest limit wins; null means no limit of that kind.</summary>
/// <param name="MaxCount">Events.</param>
/// <param name="MaxAge">Time since they were appended.</param>
/// <param name="MaxBytes">Bytes of data and topics.</param>
public sealed record RetentionLimits(long? MaxCount, TimeSpan? MaxAge, long? MaxBytes);

/// <summary>A set of topics with limits of its own, named by the text that its canonical topics begin with.</summary>
/// <param name="Prefix">The text; empty for the class of all topics that no other class names. The longest prefix wins.</param>
/// <param name="Limits">How much is kept.</param>
/// <param name="PrivateOnly">Whether all its events are private, so that only a grant on the prefix can meet them.</param>
public sealed record RetentionClass(string Prefix, RetentionLimits Limits, bool PrivateOnly = false);
