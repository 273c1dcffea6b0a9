namespace Siar.Hub;

/// <summary>
/// When this hub tells that the readers of hubs that are no more are gone: at once where it was this one that gave the hub up, otherwise only what is left some time later, so
/// that not all tell the same. One loop uses it.
/// </summary>
internal sealed class MemberSweeps(TimeProvider time)
{
    /// <summary>How long the others wait for the one that gave the hub up.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Dictionary<HubId, long> _dueAt = [];
    private readonly HashSet<HubId> _own = [];

    /// <summary>This hub has given a hub up: it tells of its readers.</summary>
    public void Own(HubId hub) => _own.Add(hub);

    /// <summary>The hubs of whose readers it is to be told now.</summary>
    public List<HubId> TakeDue(MemberDirectory directory, Func<HubId, bool> isEnded)
    {
        var now = time.GetTimestamp();
        var due = new List<HubId>();
        foreach (var hub in directory.Hubs().Where(isEnded))
        {
            if (directory.Remaining(hub, 1).Count == 0)
            {
                directory.Forget(hub);
                _dueAt.Remove(hub);
                _own.Remove(hub);
                continue;
            }

            var at = _dueAt.TryGetValue(hub, out var known) ? known : _dueAt[hub] = now + (_own.Contains(hub) ? 0 : Ticks(Grace));
            if (at <= now) due.Add(hub);
        }

        return due;
    }

    /// <summary>How long until the next is due; null where none is.</summary>
    public TimeSpan? UntilNext() => _dueAt.Count == 0 ? null : time.GetElapsedTime(time.GetTimestamp(), Math.Max(time.GetTimestamp(), _dueAt.Values.Min()));

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
