namespace Siar.Hub;

/// <summary>A limit of <see cref="LimitOptions"/> does not allow what was asked for; the message names it.</summary>
public sealed class LimitExceededException(string message) : Exception(message);
