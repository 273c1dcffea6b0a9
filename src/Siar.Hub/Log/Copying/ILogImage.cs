namespace Siar.Hub;

/// <summary>
/// All that a log holds at one moment, whatever engine it is in, to be put into another. One sequence is read at a time; disposing of the image lets go of the
/// log. Reading throws <see cref="LogUnavailableException"/> where the engine fails.
/// </summary>
public interface ILogImage : IAsyncDisposable
{
    /// <summary>What is known of the log as a whole.</summary>
    LogImageSummary Summary { get; }

    /// <summary>The events, in order.</summary>
    IAsyncEnumerable<ImageEvent> ReadEventsAsync(CancellationToken cancellationToken);

    /// <summary>Events that retention has dropped and that are kept since they are the newest of their key, in order.</summary>
    IAsyncEnumerable<ImageEvent> ReadCompactedEventsAsync(CancellationToken cancellationToken);

    /// <summary>The idempotency keys.</summary>
    IAsyncEnumerable<ImageKey> ReadKeysAsync(CancellationToken cancellationToken);
}
