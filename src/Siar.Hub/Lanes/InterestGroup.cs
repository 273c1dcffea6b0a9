using Siar.Topics;

namespace Siar.Hub;

/// <summary>The subscribers of one lane that share an interest, and the newest positions that it met. Its lane alone uses it.</summary>
internal sealed class InterestGroup(Interest interest, long head, int maxRecent)
{
    private const int MaxRemembered = 1_024;

    private long[] _recent = [];
    private int _recentCount;
    private Dictionary<Topic, bool>? _remembered;

    public Interest Interest { get; } = interest;

    /// <summary>How many subscribers belong to the group, wherever their cursors are.</summary>
    public int Subscribers { get; set; }

    /// <summary>Those that have everything up to the lane's head.</summary>
    public List<Subscriber> Level { get; } = new(1);

    /// <summary>Every match with a higher position is among <see cref="Recent"/>.</summary>
    public long RecentAfter { get; private set; } = head;

    /// <summary>The newest positions that the interest met, rising.</summary>
    public ReadOnlySpan<long> Recent => _recent.AsSpan(0, _recentCount);

    /// <summary>Whether all its topics are closed, so that whoever is level has nothing more to wait for.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether a closing may have been passed without a look, so that the next subscriber to become level looks for it.</summary>
    public bool MayBeClosed { get; set; }

    /// <summary>Looks whether all its topics are closed at a position.</summary>
    public void LookForClosings(IEventLog log, long through)
    {
        IsClosed = !Interest.ExactTopics.IsDefault && Closing.IsAll(log, Interest.Matchers, Interest.Grants, through);
        MayBeClosed = false;
    }

    /// <summary>Notes that the interest met an event that the lane has just come to.</summary>
    public void Note(long position)
    {
        if (_recentCount == maxRecent) DropOlderHalf();
        if (_recentCount == _recent.Length) Array.Resize(ref _recent, Math.Clamp(_recent.Length * 2, 4, Math.Max(4, maxRecent)));
        _recent[_recentCount++] = position;
    }

    /// <summary>Says that matches up to a position were not noted.</summary>
    public void ForgetRecent(long through)
    {
        _recentCount = 0;
        RecentAfter = through;
    }

    /// <summary>Whether the interest means this event and may have it.</summary>
    public bool Wants(LoggedEvent logged)
    {
        foreach (var topic in logged.Content.Topics)
        {
            if (Means(topic)) return Interest.MayHave(logged);
        }

        return false;
    }

    private bool Means(Topic topic)
    {
        if (!Interest.ExactTopics.IsDefault) return Interest.Matchers.Matches(topic);

        _remembered ??= [];
        if (_remembered.TryGetValue(topic, out var means)) return means;
        if (_remembered.Count == MaxRemembered) _remembered.Clear();
        means = Interest.Matchers.Matches(topic);
        _remembered.Add(topic, means);
        return means;
    }

    private void DropOlderHalf()
    {
        var dropped = maxRecent / 2;
        RecentAfter = _recent[dropped - 1];
        _recent.AsSpan(dropped, _recentCount - dropped).CopyTo(_recent);
        _recentCount -= dropped;
    }
}
