using Siar.Topics;

namespace Siar.Hub;

/// <summary>The snapshots that a lane is asked for, one after the other, and some subscribers a turn. Its lane alone uses it.</summary>
internal sealed class LaneSnapshotQueue(LaneContext context, InterestGroups groups, List<Subscriber> all)
{
    private const int MatchersDescribed = 12;

    private readonly Queue<LaneSnapshot> _snapshots = new();
    private int _next = -1;

    public bool IsEmpty => _snapshots.Count == 0;

    public void Add(LaneSnapshot snapshot) => _snapshots.Enqueue(snapshot);

    /// <summary>Goes on with the first.</summary>
    /// <param name="head">The position that the lane has come to.</param>
    public void Continue(long head)
    {
        if (!_snapshots.TryPeek(out var snapshot)) return;
        try
        {
            LookAtSome(snapshot, head);
        }
        catch (Exception failure)
        {
            // Whoever watches gets what was found; the lane does not try for ever.
            context.OnFailure(failure);
            _next = 0;
        }

        if (_next > 0) return;
        _next = -1;
        _snapshots.Dequeue();
        snapshot.Complete();
    }

    private void LookAtSome(LaneSnapshot snapshot, long head)
    {
        if (_next < 0)
        {
            for (var i = 0; i < snapshot.Topics.Length; i++) snapshot.Count(i, groups.CountSubscribers(snapshot.Topics[i]));
            _next = all.Count;
        }

        // From the end, so that one who leaves (another takes the place) is never passed over.
        var stop = Math.Max(0, _next - context.Tuning.Deadlines);
        while (_next > stop)
        {
            _next--;
            if (_next < all.Count) Describe(all[_next], snapshot, head);
        }
    }

    private void Describe(Subscriber subscriber, LaneSnapshot snapshot, long head)
    {
        var cursor = subscriber.Phase is SubscriberPhase.Live ? head : subscriber.Cursor;
        var lag = Math.Max(0, context.Window.Head - cursor);
        if (!snapshot.Wants(lag, subscriber.Number)) return;
        var matchers = subscriber.Request.Matchers.Matchers;
        if (subscriber.IsListener) matchers = matchers.RemoveAll(context.Presence!.IsMarker);
        snapshot.Add(new ConnectionSample(
            subscriber.Number,
            subscriber.Request.Reader is { IsNone: false } reader ? reader.ToString() : null,
            subscriber.Request.Address,
            [.. matchers.Take(MatchersDescribed).Select(Describe)],
            Math.Max(0, matchers.Length - MatchersDescribed),
            context.Clock.AtSecond(subscriber.JoinedAt).ToUnixTimeMilliseconds(),
            subscriber.EventsSent,
            subscriber.BytesSent,
            lag,
            Describe(subscriber.Phase)));
    }

    private static string Describe(Matcher matcher) => matcher.Kind switch
    {
        MatcherKind.UrlPattern => "pattern " + matcher.Value,
        MatcherKind.UriTemplate => "template " + matcher.Value,
        _ => matcher.Value,
    };

    private static string Describe(SubscriberPhase phase) => phase switch
    {
        SubscriberPhase.Live => "live",
        SubscriberPhase.Full => "not-reading",
        SubscriberPhase.Ahead => "waiting",
        _ => "catching-up",
    };
}
