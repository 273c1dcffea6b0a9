namespace Siar.Client;

/// <summary>Why events were not published.</summary>
public enum PublishFailure
{
    /// <summary>The hub does not take them; the message has its sentence.</summary>
    Refused,

    /// <summary>The hub could not be reached, no token for it could be got, or it asked to wait for longer than is waited.</summary>
    Unreachable,

    /// <summary>The answer was lost.</summary>
    AnswerLost,

    /// <summary>Whoever answered is no hub.</summary>
    NotAHub,
}
