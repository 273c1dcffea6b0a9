using System.Runtime.InteropServices;

namespace Siar.Hub;

/// <summary>Subscribers that get the same frames next, to be written to with one call, and what came of it for each. Its lane alone uses it.</summary>
internal sealed class LaneBatch
{
    private readonly List<Subscriber> _subscribers = [];
    private readonly List<Outlet> _outlets = [];
    private readonly List<WriteResult> _results = [];

    public ReadOnlySpan<Subscriber> Subscribers => CollectionsMarshal.AsSpan(_subscribers);

    /// <summary>What came of the call for each; nothing was written where the result says so.</summary>
    public ReadOnlySpan<WriteResult> Results => CollectionsMarshal.AsSpan(_results);

    /// <summary>Takes the first of a queue, and those behind it that are of its group and form, at its cursor, and have nothing to come before.</summary>
    /// <param name="queue">Where they stay until their phases change; not empty.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="head">The position that the lane has come to.</param>
    public void Fill(SubscriberList queue, int most, long head)
    {
        Clear();
        var first = queue.First!;
        _subscribers.Add(first);
        if (!first.HasNothingBefore || first.Cursor > head) return;
        for (var i = 1; i < queue.Slots && _subscribers.Count < most; i++)
        {
            if (queue[i] is not { } next) continue;
            if (next.Group != first.Group || next.Cursor != first.Cursor || next.Outlet.Form != first.Outlet.Form || !next.HasNothingBefore) return;
            _subscribers.Add(next);
        }
    }

    /// <summary>Writes frames to all of them.</summary>
    public void Write(ReadOnlySpan<Frame> frames)
    {
        foreach (var subscriber in _subscribers) _outlets.Add(subscriber.Outlet);
        CollectionsMarshal.SetCount(_results, _subscribers.Count);
        CollectionsMarshal.AsSpan(_results).Clear();
        try
        {
            _outlets[0].WriteMany(CollectionsMarshal.AsSpan(_outlets), frames, CollectionsMarshal.AsSpan(_results));
        }
        finally
        {
            _outlets.Clear();
        }
    }

    /// <summary>Lets go of them.</summary>
    public void Clear()
    {
        _subscribers.Clear();
        _results.Clear();
    }
}
