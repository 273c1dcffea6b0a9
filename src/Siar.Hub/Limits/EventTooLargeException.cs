namespace Siar.Hub;

/// <summary>
/// A publish is larger than <see cref="LimitOptions"/> allow: an event's data, topics, id, type or key, the number of events, or the idempotency key. The message
/// says what, and how large it may be. Nothing was published.
/// </summary>
public sealed class EventTooLargeException(string message) : ArgumentException(message);
