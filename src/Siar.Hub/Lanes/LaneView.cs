using Siar.Wire;

namespace Siar.Hub;

/// <summary>What the subscribers of a lane see of it, and of the hub. The lane alone uses it, and moves it on.</summary>
/// <param name="context">What the lanes share.</param>
internal sealed class LaneView(LaneContext context)
{
    /// <summary>The position that the lane has come to.</summary>
    public long Head { get; set; } = context.Window.Head;

    /// <summary>When the turn began, in milliseconds of the hub's clock.</summary>
    public long Now { get; set; } = context.Clock.Milliseconds;

    /// <summary>Whether those are written to that were live: from their publishes to these writes is what a latency is.</summary>
    public bool IsServingLive { get; set; }

    /// <summary>When the call was over that wrote to many at once, as a timestamp of the hub's clock, while its results are taken; null otherwise.</summary>
    public long? WrittenAt { get; set; }

    /// <summary>What the last search has found.</summary>
    public FrameGatherer Gatherer { get; } = new(context.Window, context.Tuning);

    public LaneCounters Counters { get; } = new();

    public FrameWindow Window => context.Window;

    public IEventLog Log => context.Log;

    public HubOptions Options => context.Options;

    /// <summary>How long a peer may leave unread what was written to it, in milliseconds.</summary>
    public long WriteDeadline { get; } = (long)context.Options.WriteDeadline.TotalMilliseconds;

    /// <summary>Searches the window for what comes after a subscriber's cursor, or says that the cursor is below it.</summary>
    public bool TryGather(Subscriber subscriber)
    {
        if (!Gatherer.TryGather(subscriber.Group!, subscriber.Cursor, Head)) return false;
        Counters.AddWindowHit();
        return true;
    }

    /// <summary>A position as an event's id.</summary>
    public EventId IdOf(long position) => HubEventId.Create(context.Log.EpochAt(position), position);

    /// <summary>A time to come back after, in milliseconds, for one reader.</summary>
    public int RetryDelay() => (int)(context.Options.ReconnectDelay.TotalMilliseconds * (0.5 + context.Chance()));

    /// <summary>Counts how long the first of some frames has taken.</summary>
    public void MeasureLatency(in Frame first)
    {
        if (!IsServingLive || first.QueuedAt == 0) return;
        var time = context.Clock.Time;
        Counters.Latency.Add(time.GetElapsedTime(first.QueuedAt, WrittenAt ?? time.GetTimestamp()));
    }

    /// <summary>When a stream ends at the latest, in milliseconds of the hub's clock.</summary>
    public long EndOf(SubscribeRequest request, bool hasPeer)
    {
        var end = long.MaxValue;
        var lifetime = context.Options.MaxLifetime.TotalSeconds;
        if (lifetime > 0 && hasPeer) end = After(Now, 1_000 * Math.Max(1, (long)(lifetime * (0.8 + (0.2 * context.Chance())))));
        if (request.EndsAt is { } moment) end = Math.Min(end, 1_000L * context.Clock.SecondsAt(moment));
        return end;
    }

    /// <summary>
    /// When an interval is over. One of seconds ends with the clock's next full second, so that the quiet readers of a lane are looked at together: it
    /// then wakes once a second and not for each of them.
    /// </summary>
    public static long After(long moment, long interval)
    {
        var due = moment + interval;
        return interval < 5_000 ? due : (due + 999) / 1_000 * 1_000;
    }
}
