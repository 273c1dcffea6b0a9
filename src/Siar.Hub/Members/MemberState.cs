namespace Siar.Hub;

/// <summary>
/// A hub of the log as another sees it. All transitions:
/// <code>
/// seen ──(its count rises)──> alive ──┐
///   └─────────────────────────────────┴──(no sign for six seconds)──> silent ──(its count rises)──> alive
///                                                                       └──> ended
/// </code>
/// From every state it is ended where it has stopped by itself, or where another hub has given it up. Ended is for ever: a hub that goes on after that does so
/// under another id.
/// </summary>
internal enum MemberState
{
    /// <summary>A sign of it was there when this hub first looked: it may be an old one.</summary>
    Seen,

    /// <summary>It gives signs.</summary>
    Alive,

    /// <summary>It gave no sign for six seconds, in which this hub could have seen one.</summary>
    Silent,

    /// <summary>It is no more.</summary>
    Ended,
}
