namespace Siar.Client;

/// <summary>What became of a request: a connection, the server's word that there is nothing more, or a failure that may pass.</summary>
internal readonly struct Answer
{
    private Answer(Connection? connection, string? reason, Exception? failure, TimeSpan? retryAfter)
    {
        Connection = connection;
        Reason = reason;
        Failure = failure;
        RetryAfter = retryAfter;
    }

    public static Answer NothingMore => default;

    public Connection? Connection { get; }

    /// <summary>Why there is no connection, as a sentence; null where there is one, or is nothing more.</summary>
    public string? Reason { get; }

    public Exception? Failure { get; }

    /// <summary>How long the server wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; }

    public static Answer Open(Connection connection) => new(connection, null, null, null);

    public static Answer Failed(string reason, Exception? failure = null, TimeSpan? retryAfter = null) => new(null, reason, failure, retryAfter);
}
