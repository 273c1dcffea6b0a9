using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// A look at one lane's subscribers for whoever watches the hub. The lane takes it some subscribers a turn, so that no delivery waits,
/// and keeps only those that are furthest behind.
/// </summary>
/// <param name="topics">Of which the subscribers are counted.</param>
/// <param name="most">How many subscribers are described at most.</param>
internal sealed class LaneSnapshot(ImmutableArray<Topic> topics, int most)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PriorityQueue<ConnectionSample, (long Lag, long Newness)> _furthest = new();
    private readonly long[] _subscribers = new long[topics.Length];

    /// <summary>Of which the subscribers are counted.</summary>
    public ImmutableArray<Topic> Topics => topics;

    /// <summary>Completes when the lane has looked at all.</summary>
    public Task Done => _done.Task;

    /// <summary>Those that are furthest behind, in no order.</summary>
    public IEnumerable<ConnectionSample> Furthest => _furthest.UnorderedItems.Select(i => i.Element);

    /// <summary>How many subscribers the lane has for the topic at an index.</summary>
    public long Subscribers(int topic) => _subscribers[topic];

    /// <summary>Whether a subscriber so far behind would be described.</summary>
    public bool Wants(long lag, long number) => _furthest.Count < most || (_furthest.TryPeek(out _, out var least) && (lag, -number).CompareTo(least) > 0);

    /// <summary>Adds a subscriber that is wanted.</summary>
    public void Add(ConnectionSample connection)
    {
        if (_furthest.Count == most) _furthest.Dequeue();
        if (most > 0) _furthest.Enqueue(connection, (connection.Lag, -connection.Number));
    }

    /// <summary>Adds to a topic's subscribers.</summary>
    public void Count(int topic, long subscribers) => _subscribers[topic] += subscribers;

    /// <summary>Says that the lane is through.</summary>
    public void Complete() => _done.TrySetResult();
}
