namespace Siar.Client;

/// <summary>A connection is open; nothing of it has been read. Immutable.</summary>
/// <param name="Url">Where it comes from, after redirects. The next connection goes to the stream's own address again.</param>
/// <param name="Connection">Which connection of the stream it is, from 1.</param>
/// <param name="LastEventId">The id that went with the request; empty for none.</param>
public sealed record StreamOpened(Uri Url, int Connection, string LastEventId);
