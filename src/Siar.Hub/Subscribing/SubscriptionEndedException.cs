namespace Siar.Hub;

/// <summary>
/// A subscription in this process has ended although its token was not cancelled and the hub has not stopped. Events may have been published
/// since the last one that was delivered: subscribe again after its id.
/// </summary>
/// <param name="reason">Why it ended.</param>
public sealed class SubscriptionEndedException(EndReason reason) : Exception(SentenceOf(reason))
{
    /// <summary>Why it ended.</summary>
    public EndReason Reason { get; } = reason;

    private static string SentenceOf(EndReason reason) => reason switch
    {
        EndReason.Failed => "The subscription has ended: the log could not be read, or the hub met a fault. Why is in the hub's log. Subscribe again after the last event's id.",
        EndReason.FellBehind => "The subscription has ended: events that it had not had were trimmed, and it asked to be ended then. Subscribe again after the last event's id to learn of the gap.",
        EndReason.Revoked => "The subscription has ended: the access of its reader was revoked.",
        EndReason.Requested => "The subscription has ended: the application or an operator ended it.",
        _ => "The subscription has ended. Subscribe again after the last event's id.",
    };
}
