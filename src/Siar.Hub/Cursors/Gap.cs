using Siar.Wire;

namespace Siar.Hub;

/// <summary>Why events that a reader asked for cannot be given.</summary>
public enum GapReason
{
    /// <summary>The log kept its limits of count, age or bytes, and dropped them before the reader came.</summary>
    Trimmed,

    /// <summary>The id is of no event that the log knows: it was trimmed, or never was.</summary>
    UnknownId,

    /// <summary>The id was given in another life of the log, which did not reach so far or is not known here.</summary>
    OtherEpoch,

    /// <summary>The log cannot read the events any more: what they are kept in is damaged. Events behind the damaged place are given.</summary>
    Damaged,

    /// <summary>
    /// Readers of the Mercure path came or went and no event told of it: nobody had listened for a while, too many did so at once, or the hub was
    /// started anew. Events of other topics are all there. The list of subscriptions tells who is there now.
    /// </summary>
    PresencePaused,
}

/// <summary>
/// Tells a reader that events it asked for are gone, so that it can fetch their outcome elsewhere. Reading goes on from the oldest kept. Since
/// each retention class is trimmed by itself, events that are kept may lie between events that are gone.
/// </summary>
/// <param name="Requested">The id after which the reader wanted to go on; the default value where it had none.</param>
/// <param name="Resume">The id of the place from which reading goes on: every matching event after it that is kept follows, and before it none is.</param>
/// <param name="Reason">Why.</param>
public sealed record Gap(EventId Requested, EventId Resume, GapReason Reason);
