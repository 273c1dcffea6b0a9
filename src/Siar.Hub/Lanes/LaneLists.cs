namespace Siar.Hub;

/// <summary>The lists in which a lane keeps those of its subscribers that have something coming; the live ones are in their groups. Its lane alone uses it.</summary>
internal sealed class LaneLists
{
    /// <summary>Those that were live, and for which an event has come.</summary>
    public SubscriberList Matched { get; } = new();

    /// <summary>Those that catch up.</summary>
    public SubscriberList Behind { get; } = new();

    /// <summary>Those whose cursors the lane has not come to.</summary>
    public SubscriberList Ahead { get; } = new();

    /// <summary>How many are live.</summary>
    public int Live { get; private set; }

    /// <summary>Whether nobody waits for a turn.</summary>
    public bool AreQueuesEmpty => Matched.Count == 0 && Behind.Count == 0;

    /// <summary>It has everything up to the lane's head.</summary>
    public void AddLive(Subscriber subscriber)
    {
        subscriber.Group!.Live.Add(subscriber);
        Live++;
    }

    /// <summary>Takes a subscriber out of the list that it is in, if it is in one.</summary>
    public void Remove(Subscriber subscriber)
    {
        if (subscriber.List is not { } list) return;
        if (list == subscriber.Group!.Live) Live--;
        list.Remove(subscriber);
    }

    /// <summary>An event has come for those of a group that are live.</summary>
    /// <param name="group">The group.</param>
    /// <param name="cursor">Where the lane was before.</param>
    public void Match(InterestGroup group, long cursor)
    {
        Live -= group.Live.Count;
        group.Live.MatchAll(Matched, cursor);
    }
}
