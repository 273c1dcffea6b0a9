using System.Collections.Immutable;

namespace Siar.Hub;

/// <summary>
/// The other hubs of the log, and which of them live: judged by this hub's own clock alone, and only where it was itself connected to the engine without a
/// break for as long as it has missed a sign. This is the one place from which the states of hubs are read. Safe for concurrent use; one loop changes it.
/// </summary>
internal sealed class MemberTable(TimeProvider time)
{
    /// <summary>How often a hub gives a sign.</summary>
    public static readonly TimeSpan SignEvery = TimeSpan.FromSeconds(2);

    /// <summary>After how long without a sign a hub is given up.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);

    // A sign is on its way for some time.
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(500);

    // Two signs of this hub's own that are further apart show a break between them: it may have been stopped itself.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(4);

    // What has ended is remembered, so that a sign that was late does not bring it back; a thousand lives of hubs are many.
    private const int MostEnded = 1_000;

    private readonly Queue<HubId> _ended = [];
    private ImmutableDictionary<HubId, Member> _members = ImmutableDictionary<HubId, Member>.Empty;
    private long? _connectedSince;
    private long _lookedAt;

    /// <summary>All other hubs that this one knows of, the ended ones included.</summary>
    public ImmutableDictionary<HubId, Member> Members => Volatile.Read(ref _members);

    /// <summary>How many hubs live, this one among them.</summary>
    public int Live => 1 + Members.Values.Count(m => m.IsAlive);

    /// <summary>Whether this hub has been connected to the engine for so long that every hub that lives has given a sign meanwhile.</summary>
    public bool IsAcquainted => _connectedSince is { } since && time.GetElapsedTime(since) >= SignEvery + Lateness;

    /// <summary>The same for a second sign, which shows that the first was no old one.</summary>
    public bool IsSure => _connectedSince is { } since && time.GetElapsedTime(since) >= (2 * SignEvery) + Lateness;

    /// <summary>Takes in the signs that the engine has at this moment.</summary>
    /// <param name="own">This hub, whose sign is passed over.</param>
    /// <param name="signs">The newest of each hub.</param>
    public void See(HubId own, IReadOnlyList<HubSign> signs)
    {
        var now = time.GetTimestamp();
        if (_connectedSince is null || time.GetElapsedTime(_lookedAt, now) > LongestGap) _connectedSince = now;
        _lookedAt = now;
        var members = Members.ToBuilder();
        foreach (var member in Members.Values) members[member.Id] = member with { HasSign = false };
        foreach (var sign in signs)
        {
            if (HubId.TryParse(sign.Hub, out var id) && id != own) members[id] = See(members.GetValueOrDefault(id), id, sign, now);
        }

        foreach (var member in members.Values.ToList())
        {
            if (member.State is not (MemberState.Seen or MemberState.Alive) || SilentIn(member, now) > TimeSpan.Zero) continue;
            members[member.Id] = member with { State = MemberState.Silent };
        }

        Volatile.Write(ref _members, members.ToImmutable());
    }

    /// <summary>Says that the engine could not be reached: of hubs that were silent meanwhile nothing is known.</summary>
    public void Lose() => _connectedSince = null;

    /// <summary>Says that a hub is no more.</summary>
    public void End(HubId id)
    {
        var member = Members.GetValueOrDefault(id) ?? new Member(id, MemberState.Ended, "", 0, MemberReport.None) { MovedAt = time.GetTimestamp() };
        var members = Members.SetItem(id, member with { State = MemberState.Ended });
        if (!_ended.Contains(id)) _ended.Enqueue(id);
        if (_ended.Count > MostEnded) members = members.Remove(_ended.Dequeue());
        Volatile.Write(ref _members, members);
    }

    /// <summary>Lets go of what is known of a hub.</summary>
    public void Forget(HubId id) => Volatile.Write(ref _members, Members.Remove(id));

    /// <summary>The engine has lost what the log told: that a hub has ended may not be known to all.</summary>
    public void Revive()
    {
        _ended.Clear();
        var ended = Members.Values.Where(m => m.State is MemberState.Ended).Select(m => KeyValuePair.Create(m.Id, m with { State = MemberState.Silent }));
        Volatile.Write(ref _members, Members.SetItems(ended));
    }

    /// <summary>Hubs that give no signs, whether they were given up or have ended.</summary>
    public IEnumerable<Member> Silent()
    {
        var now = time.GetTimestamp();
        return Members.Values.Where(m => m.State is MemberState.Silent or MemberState.Ended && SilentIn(m, now) <= TimeSpan.Zero);
    }

    /// <summary>How long until the next sign is due: earlier where a hub would be given up before.</summary>
    /// <param name="signedAt">When the last was given.</param>
    public TimeSpan UntilNext(long signedAt)
    {
        var now = time.GetTimestamp();
        var next = SignEvery - time.GetElapsedTime(signedAt, now);
        foreach (var member in Members.Values)
        {
            if (member.State is MemberState.Seen or MemberState.Alive && SilentIn(member, now) is var left && left < next) next = left;
        }

        return next;
    }

    private static Member See(Member? known, HubId id, HubSign sign, long now)
    {
        if (known is null) return new Member(id, MemberState.Seen, sign.Name, sign.Count, MemberReport.Read(sign.State)) { HasSign = true, MovedAt = now };
        if (known.Count == sign.Count) return known with { HasSign = true };
        var state = known.State is MemberState.Ended ? MemberState.Ended : MemberState.Alive;
        return known with { State = state, Name = sign.Name, Count = sign.Count, Report = MemberReport.Read(sign.State), HasSign = true, MovedAt = now };
    }

    // How long it may still be silent.
    private TimeSpan SilentIn(Member member, long now)
    {
        var since = _connectedSince is { } connected ? Math.Max(connected, member.MovedAt) : now;
        return Silence - time.GetElapsedTime(since, now);
    }
}
