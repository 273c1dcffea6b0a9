namespace Siar.Client;

/// <summary>Why a stream has ended with an exception.</summary>
public enum StreamFailure
{
    /// <summary>The server answered with a status that ends the stream.</summary>
    Refused,

    /// <summary>The answer was 200, but no <c>text/event-stream</c>.</summary>
    NotAnEventStream,

    /// <summary>No connection came about, and no more attempts are allowed.</summary>
    Unreachable,

    /// <summary>The connection broke, or ended before the mark at which the stream was to end, and may not be made again.</summary>
    Broken,

    /// <summary>A line, an event or an id is larger than allowed.</summary>
    TooLarge,

    /// <summary>An event's data could not be decoded.</summary>
    Undecodable,
}
