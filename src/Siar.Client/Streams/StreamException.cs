using System.Net;

namespace Siar.Client;

/// <summary>A stream has ended and will not come back by itself. The message says what was wrong and what to do.</summary>
public sealed class StreamException : IOException
{
    internal StreamException(StreamFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>Why.</summary>
    public StreamFailure Failure { get; }

    /// <summary>The server's status, where it was <see cref="StreamFailure.Refused"/>.</summary>
    public HttpStatusCode? StatusCode { get; internal init; }

    /// <summary>
    /// The id of the event that could not be decoded, where it was <see cref="StreamFailure.Undecodable"/>: a subscription that begins with it
    /// leaves that event out.
    /// </summary>
    public string? LastEventId { get; internal init; }
}
