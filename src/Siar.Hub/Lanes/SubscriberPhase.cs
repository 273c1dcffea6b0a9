namespace Siar.Hub;

/// <summary>Where a subscriber is. Its lane keeps it in the list that goes with the phase.</summary>
internal enum SubscriberPhase : byte
{
    /// <summary>Prepared, and not taken in by its lane yet.</summary>
    New,

    /// <summary>It has something coming, and waits for its turn to be written to.</summary>
    Queued,

    /// <summary>It waits for a page of the log.</summary>
    Loading,

    /// <summary>It has everything up to its cursor, which its lane has not come to.</summary>
    Ahead,

    /// <summary>It has everything up to its lane's head.</summary>
    Live,

    /// <summary>Its outlet can take nothing more.</summary>
    Full,

    /// <summary>Its stream is over, and its lane lets go of it.</summary>
    Ended,
}

/// <summary>What happens to a subscriber, as far as its phase depends on it.</summary>
internal enum SubscriberInput : byte
{
    /// <summary>Its lane has taken it in, and its outlet the first bytes.</summary>
    Attached,

    /// <summary>The lane has come to an event for it.</summary>
    EventMatched,

    /// <summary>What it needs next is in the log only.</summary>
    PageNeeded,

    /// <summary>The page has come.</summary>
    PageLoaded,

    /// <summary>It has everything up to the lane's head.</summary>
    CaughtUp,

    /// <summary>It has everything up to a position beyond the lane's head.</summary>
    HeadPassed,

    /// <summary>The lane's head has come to its cursor.</summary>
    HeadReached,

    /// <summary>Its outlet holds what it was given and can take nothing more.</summary>
    OutletFilled,

    /// <summary>Its outlet can take more.</summary>
    OutletDrained,

    /// <summary>Its stream is over, whatever the reason.</summary>
    StreamEnded,
}
