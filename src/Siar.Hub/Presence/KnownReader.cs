using System.Collections.Immutable;

namespace Siar.Hub;

/// <summary>A reader of any hub of the log, to be shown in a list.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Local">Where it is one of this hub's: it may be shown only where <see cref="PresenceFeed.Show"/> allows that.</param>
/// <param name="Remote">Where it is another's: its subscriptions.</param>
internal readonly record struct KnownReader(Guid Id, PresenceEntry? Local, ImmutableArray<PresenceSubscription> Remote)
{
    /// <summary>How many subscriptions it has.</summary>
    public int Count => Local?.Subscriptions ?? Remote.Length;

    /// <summary>One of them.</summary>
    public PresenceSubscription this[int index] => Local?.Describe(index) ?? Remote[index];
}
