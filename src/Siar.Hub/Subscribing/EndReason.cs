namespace Siar.Hub;

/// <summary>Why a stream ended.</summary>
public enum EndReason
{
    /// <summary>The peer closed or reset the connection.</summary>
    PeerClosed,

    /// <summary>The application or an operator ended it.</summary>
    Requested,

    /// <summary>The hub is shutting down.</summary>
    Draining,

    /// <summary>It reached its maximum lifetime, or its token's end.</summary>
    Expired,

    /// <summary>The peer did not read for longer than the write deadline.</summary>
    Stalled,

    /// <summary>Events that the reader had not had were trimmed, and it asked to be disconnected then.</summary>
    FellBehind,

    /// <summary>All topics that the reader asked for are closed.</summary>
    Closed,

    /// <summary>Something failed inside the hub, which the log tells of.</summary>
    Failed,

    /// <summary>What had let the reader in is trusted no more, such as the key of its token, or its caller was revoked.</summary>
    Revoked,
}
