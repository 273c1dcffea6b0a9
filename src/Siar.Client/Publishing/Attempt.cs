namespace Siar.Client;

/// <summary>What became of one request to publish.</summary>
internal readonly record struct Attempt
{
    /// <summary>The ids, where the hub has taken the events.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>What ends the trying; null where it may go on.</summary>
    public PublishException? Refusal { get; init; }

    /// <summary>What may pass, as a sentence without its full stop.</summary>
    public string? Reason { get; init; }

    public Exception? Failure { get; init; }

    /// <summary>Whether the events may be in the log although no answer says so.</summary>
    public bool IsUncertain { get; init; }

    /// <summary>Whether no connection to the hub came about.</summary>
    public bool IsUnreached { get; init; }

    /// <summary>How long the hub wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
