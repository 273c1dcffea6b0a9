using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// Which of the events that matchers mean are wanted before a reader goes on live: the newest of each topic, or of each key, up to a cut. A
/// reader reads such a selection in pages, in the order of positions; each page gives what is still so when it is read.
/// </summary>
/// <param name="LastOfTopic">So many newest of each topic; 0 for the newest of each key of a canonical topic, and no event without a key.</param>
/// <param name="Grants">
/// Which private events count: one that the reader may not have neither takes the place of another nor is given.
/// </param>
/// <param name="Through">The cut: what has a higher position comes live.</param>
public sealed record EventSelection(int LastOfTopic, MatcherSet Grants, long Through)
{
    /// <summary>Whether the newest of each key is wanted.</summary>
    public bool IsOfKeys => LastOfTopic == 0;

    /// <summary>Whether an event counts. That a topic is closed, or who is subscribed was left untold, is no event of it, and told otherwise.</summary>
    public bool Counts(Event content) => !content.IsClosing && !content.IsPresencePause && !content.IsMemberFact && (!content.IsPrivate || Grants.MatchesAny(content.Topics));

    /// <summary>
    /// Whether two events of one key may be readable for different readers, since one is private or has other alternates: then the newer
    /// does not take the older one's place for all.
    /// </summary>
    internal static bool IsSameVariant(Event one, Event other) => one.IsPrivate == other.IsPrivate && one.Topics.AsSpan().SequenceEqual(other.Topics.AsSpan());
}
