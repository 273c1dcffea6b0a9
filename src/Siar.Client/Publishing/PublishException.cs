using System.Net;

namespace Siar.Client;

/// <summary>Not everything was published. In the events' order: first those that are, then those that may be, then those that are not.</summary>
public sealed class PublishException : IOException
{
    internal PublishException(PublishFailure failure, string message, int uncertain, Exception? inner = null)
        : base(message, inner)
    {
        Failure = failure;
        Uncertain = uncertain;
    }

    /// <summary>What went wrong.</summary>
    public PublishFailure Failure { get; }

    /// <summary>The hub's status, where it was <see cref="PublishFailure.Refused"/>.</summary>
    public HttpStatusCode? StatusCode { get; internal init; }

    /// <summary>How many of the events are in the log.</summary>
    public long Published { get; internal set; }

    /// <summary>How many of the events after those may be in the log, all of them or none: their answer was lost. All that follow are not.</summary>
    public int Uncertain { get; }
}
