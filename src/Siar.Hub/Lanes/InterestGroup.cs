using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>What a subscriber wants and may have. Subscribers with equal interests share one group in their lane. Immutable.</summary>
/// <param name="Matchers">What they asked for.</param>
/// <param name="Grants">Which private events they may have.</param>
/// <param name="TakesSignals">Whether they are told that a topic is closed, which is an event in the log.</param>
internal sealed record Interest(MatcherSet Matchers, MatcherSet Grants, bool TakesSignals)
{
    /// <summary>The topics, where every matcher is exact; the default array where one is not. A matcher of text that no topic can have names none.</summary>
    public ImmutableArray<Topic> ExactTopics { get; } = Exact(Matchers);

    /// <summary>Whether the grants allow an event, of which the matchers match a topic.</summary>
    public bool CanRead(LoggedEvent logged) =>
        (!logged.Content.IsPrivate || Grants.MatchesAny(logged.Content.Topics)) && (TakesSignals || !logged.Content.IsClosing);

    public bool Equals(Interest? other) => other is not null && Matchers.Equals(other.Matchers) && Grants.Equals(other.Grants) && TakesSignals == other.TakesSignals;

    public override int GetHashCode() => HashCode.Combine(Matchers, Grants, TakesSignals);

    private static ImmutableArray<Topic> Exact(MatcherSet matchers)
    {
        var topics = ImmutableArray.CreateBuilder<Topic>(matchers.Matchers.Length);
        foreach (var matcher in matchers.Matchers)
        {
            if (matcher.Kind is not MatcherKind.Exact) return default;
            if (Topic.TryCreate(matcher.Value, out var topic, out _)) topics.Add(topic);
        }

        return topics.DrainToImmutable();
    }
}

/// <summary>The subscribers of one lane that share an interest, and the newest positions that matched it. Its lane alone uses it.</summary>
internal sealed class InterestGroup(Interest interest, long head, int maxRecent)
{
    private const int MaxRemembered = 1_024;

    private long[] _recent = [];
    private int _recentCount;
    private Dictionary<Topic, bool>? _matches;

    public Interest Interest { get; } = interest;

    /// <summary>How many subscribers belong to the group, wherever their cursors are.</summary>
    public int Subscribers { get; set; }

    /// <summary>Those that have everything up to the lane's head.</summary>
    public SubscriberList Live { get; } = new();

    /// <summary>Every match with a higher position is among <see cref="Recent"/>.</summary>
    public long RecentAfter { get; private set; } = head;

    /// <summary>The newest positions that matched the interest, rising.</summary>
    public ReadOnlySpan<long> Recent => _recent.AsSpan(0, _recentCount);

    /// <summary>Whether all its topics are closed, so that whoever is live has nothing more to wait for.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether a closing may have been passed without a look, so that the next subscriber to become live looks for it.</summary>
    public bool MayBeClosed { get; private set; }

    /// <summary>Looks whether all its topics are closed at a position.</summary>
    public void LookForClosings(IEventLog log, long through)
    {
        IsClosed = !Interest.ExactTopics.IsDefault && Closing.IsAll(log, Interest.Matchers, Interest.Grants, through);
        MayBeClosed = false;
    }

    /// <summary>Remembers that an event that the lane has just come to matched the interest.</summary>
    public void Remember(long position)
    {
        // A turn that failed half-way comes to the event again.
        if (_recentCount > 0 && _recent[_recentCount - 1] >= position) return;
        if (_recentCount == maxRecent) DropOlderHalf();
        if (_recentCount == _recent.Length) Array.Resize(ref _recent, Math.Clamp(_recent.Length * 2, 4, Math.Max(4, maxRecent)));
        _recent[_recentCount++] = position;
    }

    /// <summary>Says that matches up to a position were not remembered.</summary>
    /// <param name="through">The position.</param>
    /// <param name="mayBeClosed">Whether a closing may be among what was passed.</param>
    public void ForgetRecent(long through, bool mayBeClosed)
    {
        _recentCount = 0;
        RecentAfter = through;
        MayBeClosed |= mayBeClosed;
    }

    /// <summary>Whether an event is for the group's subscribers: their matchers match it, and they can read it.</summary>
    public bool Delivers(LoggedEvent logged)
    {
        foreach (var topic in logged.Content.Topics)
        {
            if (Matches(topic)) return Interest.CanRead(logged);
        }

        return false;
    }

    private bool Matches(Topic topic)
    {
        if (!Interest.ExactTopics.IsDefault) return Interest.Matchers.Matches(topic);

        _matches ??= [];
        if (_matches.TryGetValue(topic, out var matches)) return matches;
        if (_matches.Count == MaxRemembered) _matches.Clear();
        matches = Interest.Matchers.Matches(topic);
        _matches.Add(topic, matches);
        return matches;
    }

    private void DropOlderHalf()
    {
        var dropped = maxRecent / 2;
        RecentAfter = _recent[dropped - 1];
        _recent.AsSpan(dropped, _recentCount - dropped).CopyTo(_recent);
        _recentCount -= dropped;
    }
}
