using System.Buffers;

namespace Siar.Hub;

/// <summary>
/// What a server's connection offers that can be handed over: the request runs through the whole pipeline, and then the connection leaves
/// the server for good and becomes the outlet of a reader. A door finds it among the request's features.
/// <code>
/// format fits ─> CreateOutlet ─> the door prepares the reader, sends the response's head through the server ─> TryTakeOver ─> attach
/// </code>
/// </summary>
internal interface IConnectionTakeover
{
    /// <summary>
    /// Whether what the server writes enters the connection as it is: over TLS, or with other middleware of the connection between, it does not.
    /// </summary>
    bool IsPossible { get; }

    /// <summary>Makes the outlet that the connection will become. Changes nothing yet.</summary>
    TakeoverOutlet CreateOutlet(OutletFormat format);
}

/// <summary>
/// An outlet that takes a connection over from its server. The response must be chunked (RFC 9112, 7.1) and close the connection; its head,
/// and the first bytes (<see cref="WriteFirst"/>) in a chunk, must have been flushed before.
/// </summary>
internal abstract class TakeoverOutlet : Outlet
{
    /// <summary>Writes the first bytes of the stream, which the server sends with the head of the response.</summary>
    public abstract void WriteFirst(IBufferWriter<byte> writer);

    /// <summary>
    /// Takes the connection: from here on nothing that the server writes enters it, the end of the response included, and its end is not
    /// the request's. Called once. False where the connection has ended meanwhile; the reader must then be abandoned.
    /// </summary>
    /// <param name="patience">How long the peer may acknowledge nothing before the system gives it up.</param>
    public abstract bool TryTakeOver(TimeSpan patience);
}
