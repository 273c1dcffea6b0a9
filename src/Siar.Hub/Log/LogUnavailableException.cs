namespace Siar.Hub;

/// <summary>
/// The log did not take the events, through no fault of theirs: it has no room, or what it is kept in cannot be reached or written to. The
/// message says what was wrong and what to do; it may name files and servers.
/// </summary>
/// <param name="state">How the log is.</param>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="inner">What it came of; null where it is known here first.</param>
public class LogUnavailableException(LogState state, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>How the log is.</summary>
    public LogState State { get; } = state;

    /// <summary>
    /// Whether the events may be in the log all the same, since the failure came when they were already on their way. Published again, they
    /// may then be there twice, unless they have an idempotency key. False: nothing of them was kept.
    /// </summary>
    public bool MayBeKept { get; init; }

    /// <summary>The same for a failure of any kind; a log that fails in a way of its own may have kept what it was given.</summary>
    internal static LogUnavailableException Of(Exception failure) => failure as LogUnavailableException
        ?? new LogUnavailableException(LogState.Unavailable, $"The log failed: {failure.Message}", failure) { MayBeKept = true };
}
