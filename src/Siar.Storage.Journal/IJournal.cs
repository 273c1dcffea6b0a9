using Siar.Hub;

namespace Siar.Storage.Journal;

/// <summary>
/// What an engine has to do for a log: keep one ordered stream of messages, each of which is appended only where the stream's last is the one that
/// the appending hub has seen. Safe for concurrent use.
/// </summary>
internal interface IJournal : IAsyncDisposable
{
    /// <summary>Where it is, for a person to read, without secrets.</summary>
    string Description { get; }

    /// <summary>How large a message may be, in bytes.</summary>
    int MaxMessageBytes { get; }

    /// <summary>Looks at the stream.</summary>
    /// <exception cref="LogUnavailableException">The engine cannot be reached.</exception>
    Task<JournalState> ReadStateAsync(CancellationToken cancellationToken);

    /// <summary>Appends a message if the stream's last is still the expected one.</summary>
    /// <param name="message">The message.</param>
    /// <param name="id">Its own id: the same again is the same message.</param>
    /// <param name="expectedLast">The sequence number of the stream's last message; 0 for an empty stream.</param>
    /// <param name="beginsEpoch">Whether it is appended in any life of the engine: it says that another has begun.</param>
    /// <param name="cancellationToken">Ends the waiting; what was sent may be kept.</param>
    /// <exception cref="LogUnavailableException">The engine cannot be reached, or has no room; the exception says whether the message may be kept.</exception>
    Task<AppendOutcome> AppendAsync(ReadOnlyMemory<byte> message, string id, long expectedLast, bool beginsEpoch, CancellationToken cancellationToken);

    /// <summary>Gives all messages behind a sequence number, then those that come. May end, and may begin behind a hole: then some are gone.</summary>
    IAsyncEnumerable<JournalEntry> FollowAsync(long after, CancellationToken cancellationToken);

    /// <summary>Finds one message; null where it is gone.</summary>
    Task<JournalEntry?> FindAsync(long sequence, CancellationToken cancellationToken);

    /// <summary>Lets the stream's oldest messages go.</summary>
    Task TrimAsync(long through, CancellationToken cancellationToken);

    /// <summary>Keeps bytes under a name, in the place of those that had it.</summary>
    Task PutAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>The bytes under a name; null where there are none.</summary>
    Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Lets go of the bytes under a name.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);

    /// <inheritdoc cref="IEventLog.SignAsync" />
    Task<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken);

    /// <inheritdoc cref="IEventLog.RemoveSignAsync" />
    Task RemoveSignAsync(string hub, CancellationToken cancellationToken);
}

/// <summary>A stream at a moment.</summary>
/// <param name="First">The sequence number of its first message; one more than the last where it has none.</param>
/// <param name="Last">That of its last; 0 where there never was one.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="MaxBytes">How large it may become; null where that is not limited.</param>
internal readonly record struct JournalState(long First, long Last, long Bytes, long? MaxBytes = null)
{
    /// <summary>Whether the engine is in another life than when the last message was written, and may lack what it had acknowledged: an epoch ends there.</summary>
    public bool IsOtherLife { get; init; }
}

/// <summary>What became of an attempt to append.</summary>
/// <param name="Sequence">The message's sequence number; that of the stream's last where another stands in its place.</param>
/// <param name="IsConflict">Whether another does.</param>
internal readonly record struct AppendOutcome(long Sequence, bool IsConflict)
{
    /// <summary>Whether it was not appended since the engine is in another life; see <see cref="JournalState.IsOtherLife"/>.</summary>
    public bool IsOtherLife { get; init; }
}

/// <summary>A message of a stream.</summary>
/// <param name="Sequence">Its number: one more than that of the message before.</param>
/// <param name="Time">When the engine took it, by the engine's clock.</param>
/// <param name="Message">The message.</param>
/// <param name="IsNewest">Whether no other was there when it was given.</param>
internal readonly record struct JournalEntry(long Sequence, DateTimeOffset Time, ReadOnlyMemory<byte> Message, bool IsNewest);
