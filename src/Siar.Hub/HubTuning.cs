namespace Siar.Hub;

/// <summary>How much is done at a time: each part of a lane's turn and each reading of the log is bounded, so that none starves another.</summary>
internal sealed record HubTuning
{
    /// <summary>What every hub uses; the simulation uses less, to come to every edge.</summary>
    public static HubTuning Default { get; } = new();

    /// <summary>One write is at most so many bytes (or one frame that is larger), so that nobody holds the lane for long.</summary>
    public int WriteBytes { get; init; } = 64 << 10;

    /// <summary>Events looked at in vain before a search of the window goes on in a later turn.</summary>
    public int EventsExamined { get; init; } = 4_096;

    /// <summary>Positions that a group of subscribers remembers having met, so that no block is searched for what is new.</summary>
    public int RecentPositions { get; init; } = 64;

    /// <summary>Messages taken in a turn.</summary>
    public int Messages { get; init; } = 256;

    /// <summary>New events matched in a turn.</summary>
    public int Events { get; init; } = 1_024;

    /// <summary>Writes to subscribers that were level.</summary>
    public int LiveWrites { get; init; } = 256;

    /// <summary>Writes that a publishing thread makes itself; more are the lane's own.</summary>
    public int InPlaceWrites { get; init; } = 64;

    /// <summary>How large an event may be that it writes.</summary>
    public int InPlaceBytes { get; init; } = 16 << 10;

    /// <summary>Matchers that are no exact topics, beyond which it does not look for readers itself.</summary>
    public int InPlacePatterns { get; init; } = 64;

    /// <summary>Writes to subscribers that catch up.</summary>
    public int BehindWrites { get; init; } = 32;

    /// <summary>Subscribers whose deadlines are looked at.</summary>
    public int Deadlines { get; init; } = 512;

    /// <summary>Events on a page of the log.</summary>
    public int PageEvents { get; init; } = 512;

    /// <summary>Bytes of data on a page of the log, but for a single event that is larger.</summary>
    public int PageBytes { get; init; } = 64 << 10;
}
