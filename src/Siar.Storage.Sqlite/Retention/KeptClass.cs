using Siar.Hub;

namespace Siar.Storage.Sqlite.Retention;

/// <summary>What is kept of one retention class, and what it has lost.</summary>
/// <param name="Trimmed">The highest position dropped; 0 for none.</param>
/// <param name="TrimmedAlternate">The same, of events with alternate topics.</param>
/// <param name="Mark">Up to here none of the class's events counts any more.</param>
/// <param name="Count">Its events after the mark.</param>
/// <param name="Bytes">Their size.</param>
internal readonly record struct KeptClass(long Trimmed, long TrimmedAlternate, long Mark, long Count, long Bytes)
{
    /// <summary>A topic of the class of which nothing is remembered counts as trimmed up to here.</summary>
    public long Floor { get; init; }

    /// <summary>The same, for topics of other classes.</summary>
    public long AlternateFloor { get; init; }

    /// <summary>From when the age of the oldest event after the mark counts, in milliseconds since 1970; null where nobody has looked.</summary>
    public long? OldestTime { get; init; }

    public KeptClass WithAdded(LoggedEvent logged) => this with
    {
        Count = Count + 1,
        Bytes = Bytes + logged.Content.RetainedBytes,
        OldestTime = Count == 0 ? logged.Time.ToUnixTimeMilliseconds() : OldestTime,
    };

    /// <summary>Without its oldest event, which no longer counts.</summary>
    public KeptClass WithPassed(long position, long bytes) => this with
    {
        Mark = position,
        Count = Count - 1,
        Bytes = Bytes - bytes,
        OldestTime = null,
    };

    /// <summary>With an event that is gone from the log.</summary>
    public KeptClass WithDropped(long position, bool hasAlternates) => this with
    {
        Trimmed = Math.Max(Trimmed, position),
        TrimmedAlternate = hasAlternates ? Math.Max(TrimmedAlternate, position) : TrimmedAlternate,
    };

    /// <summary>Whether the oldest event is more than the limits allow; also when nobody knows its age.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    public bool IsOver(RetentionLimits limits, long now) =>
        Count > 0 && (Count > limits.MaxCount || Bytes > limits.MaxBytes || IsTooOld(limits, now));

    private bool IsTooOld(RetentionLimits limits, long now) =>
        limits.MaxAge is { } age && (OldestTime is not { } oldest || now - oldest > age.TotalMilliseconds);
}
