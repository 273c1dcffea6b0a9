using Siar.Wire;

namespace Siar.Client;

/// <summary>
/// Makes something of an event's bytes as they lie in the stream, without a string between. The bytes are valid only until it returns.
/// It is called for events, not for signals. What it throws ends the stream with a <see cref="StreamException"/> when the event's turn comes.
/// </summary>
/// <typeparam name="T">What becomes of the data.</typeparam>
/// <param name="message">The event.</param>
public delegate T EventDecoder<out T>(in SseMessage message);
