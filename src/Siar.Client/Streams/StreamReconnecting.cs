namespace Siar.Client;

/// <summary>A connection has ended or did not come about, and the stream will connect again. Immutable.</summary>
/// <param name="Reason">Why, as a sentence without its full stop.</param>
/// <param name="Failure">What went wrong; null where the server ended the connection in order, or the application asked to reconnect.</param>
/// <param name="Delay">How long the stream waits before.</param>
/// <param name="Failures">How many connections in a row have failed; one that lived long, or ended in order after an event, begins anew.</param>
public sealed record StreamReconnecting(string Reason, Exception? Failure, TimeSpan Delay, int Failures);
