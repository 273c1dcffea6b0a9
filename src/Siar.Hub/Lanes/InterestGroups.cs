using System.Runtime.InteropServices;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>The groups of a lane's subscribers, and the index that finds those that an event is for. Its lane alone uses it.</summary>
internal sealed class InterestGroups(LaneContext context)
{
    private readonly TopicIndex<InterestGroup> _index = new();
    private readonly Dictionary<Interest, InterestGroup> _groups = [];
    private readonly List<InterestGroup> _matched = [];

    // Matchers of all groups that are no exact topics.
    private int _patterns;

    /// <summary>All of them.</summary>
    public Dictionary<Interest, InterestGroup>.ValueCollection All => _groups.Values;

    /// <summary>Puts a subscriber into the group of its interest, which is made if it is the first.</summary>
    /// <param name="subscriber">The subscriber.</param>
    /// <param name="head">The position that the lane has come to.</param>
    public InterestGroup Join(Subscriber subscriber, long head)
    {
        var interest = new Interest(subscriber.Request.Matchers, subscriber.Request.Grants, subscriber.Outlet.TakesSignals);
        if (_groups.TryGetValue(interest, out var group))
        {
            subscriber.Share(group.Interest);
        }
        else
        {
            group = new InterestGroup(interest, head, context.Tuning.RecentPositions);
            group.LookForClosings(context.Log, head);
            // In this order: a group that others would find must be in the index.
            _index.Add(interest.Matchers, group);
            _groups.Add(interest, group);
            _patterns += PatternsOf(interest);
        }

        group.Subscribers++;
        return group;
    }

    /// <summary>Takes a subscriber out of its group, which goes with its last.</summary>
    public void Leave(InterestGroup group)
    {
        if (--group.Subscribers > 0) return;
        _groups.Remove(group.Interest);
        _index.Remove(group.Interest.Matchers, group);
        _patterns -= PatternsOf(group.Interest);
    }

    private static int PatternsOf(Interest interest) => interest.ExactTopics.IsDefault ? interest.Matchers.Matchers.Length : 0;

    /// <summary>Finds the groups to which an event matters that the lane has just come to. Valid until the next search.</summary>
    public ReadOnlySpan<InterestGroup> Match(LoggedEvent logged)
    {
        _matched.Clear();
        try
        {
            _index.Match(logged.Content.Topics, _matched);
        }
        catch (Exception failure)
        {
            // Any group may want the event: the subscribers of each look for themselves.
            context.OnFailure(failure);
            _matched.Clear();
            _matched.AddRange(_groups.Values);
            foreach (var group in _matched) group.ForgetRecent(logged.Position, logged.Content.IsClosing);
            return CollectionsMarshal.AsSpan(_matched);
        }

        var matched = CollectionsMarshal.AsSpan(_matched);
        var kept = 0;
        foreach (var group in matched)
        {
            if (Concerns(group, logged)) matched[kept++] = group;
        }

        return matched[..kept];
    }

    /// <summary>
    /// How many live subscribers an event is for, where a publishing thread may write to each; more than <paramref name="most"/> where they are more, where
    /// some outlet runs another's code, and where to find out would take long.
    /// </summary>
    public int CountInPlace(LoggedEvent logged, int most)
    {
        if (_patterns > context.Tuning.InPlacePatterns || logged.Content.IsClosing) return most + 1;
        _matched.Clear();
        try
        {
            _index.Match(logged.Content.Topics, _matched);
        }
        catch
        {
            // The lane's own turn meets it too, and knows what to do.
            return most + 1;
        }

        var count = 0;
        foreach (var group in _matched)
        {
            count += group.Live.Count;
            if (count > most || !group.Live.All(static s => s.Outlet.WritesInPlace)) return most + 1;
        }

        return count;
    }

    /// <summary>How many subscribers want a topic.</summary>
    public long CountSubscribers(Topic topic)
    {
        _matched.Clear();
        _index.Match([topic], _matched);
        return _matched.Sum(g => (long)g.Subscribers);
    }

    // Where a group's own test fails its subscribers look for themselves, each guarded, and no other group waits behind the event.
    private bool Concerns(InterestGroup group, LoggedEvent logged)
    {
        try
        {
            if (logged.Content.IsClosing) group.LookForClosings(context.Log, logged.Position);
            if (!group.Interest.CanRead(logged)) return group.IsClosed;
            group.Remember(logged.Position);
            return true;
        }
        catch (Exception failure)
        {
            context.OnFailure(failure);
            group.ForgetRecent(logged.Position, logged.Content.IsClosing);
            return true;
        }
    }
}
