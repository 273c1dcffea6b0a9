using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// The newest frames, held in memory within a byte budget. The follower alone appends; lanes read without a lock: they take
/// <see cref="Head"/> first, then <see cref="Blocks"/>, and find every event up to that head which comes after the first block's start.
/// </summary>
internal sealed class FrameWindow
{
    private readonly long _budget;
    private readonly int _blockBytes;
    private readonly int _blockEntries;
    private readonly EncodingCost _encodings = new();
    private FrameBlock[] _blocks;
    private long _cost;
    private long _head;
    private long _last;
    private int _lostEpochs;

    /// <summary>Makes an empty window.</summary>
    /// <param name="head">The log's head when the hub starts: what is older is read from the log.</param>
    /// <param name="budget">Memory for frames and their events, in bytes.</param>
    /// <param name="blockBytes">Room for frames in a block.</param>
    /// <param name="blockEntries">Room for entries in a block.</param>
    public FrameWindow(long head, long budget, int blockBytes = 256 << 10, int blockEntries = 2_048)
    {
        _blockBytes = blockBytes;
        _blockEntries = blockEntries;
        _head = head;
        _last = head;
        _budget = budget;
        _blocks = [new FrameBlock(head, blockBytes, blockEntries, isPinned: true) { EncodingCost = _encodings }];
    }

    /// <summary>The newest position that lanes may deliver.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>The position of the newest event that was appended, shown or not; at first the head. The follower alone asks.</summary>
    public long Last => _last;

    /// <summary>The blocks, oldest first; at least one. The array never changes: another takes its place.</summary>
    public FrameBlock[] Blocks => Volatile.Read(ref _blocks);

    /// <summary>Every event after this position, up to the head, is in the window.</summary>
    public long Start => Blocks[0].After;

    /// <summary>The memory held, in bytes.</summary>
    public long Cost => Volatile.Read(ref _cost) + _encodings.Bytes;

    /// <summary>
    /// The position of the earliest event in memory that has a publisher's own id: one that was delivered from here although the log has
    /// trimmed it can still be resumed from.
    /// </summary>
    public long? Find(EventId id)
    {
        foreach (var block in Blocks)
        {
            if (block.Find(id) is { } position) return position;
        }

        return null;
    }

    /// <summary>The event at a position, where it is among the newest block's; else null.</summary>
    public LoggedEvent? Find(long position)
    {
        var newest = Blocks[^1];
        var index = newest.FirstAfter(position - 1);
        return index < newest.Count && newest.Entry(index).Event is { } found && found.Position == position ? found : null;
    }

    /// <summary>
    /// Encodes an event behind the others. Lanes do not see it before <see cref="Publish"/>. One that is not newer than all that there are is
    /// here already, from an earlier attempt that came no further, and is left.
    /// </summary>
    /// <param name="logged">The event.</param>
    /// <param name="queuedAt">When its publish was queued, as a timestamp of the hub's clock; 0 where that is not known.</param>
    public void Append(LoggedEvent logged, long queuedAt = 0)
    {
        if (logged.Position <= _last) return;
        var newest = _blocks[^1];
        var before = newest.Cost;
        if (!newest.TryAdd(logged, queuedAt))
        {
            newest.Seal();
            newest = new FrameBlock(logged.Position - 1, Math.Max(_blockBytes, FrameBlock.Measure(logged)), _blockEntries, isPinned: true) { EncodingCost = _encodings };
            before = 0;
            newest.TryAdd(logged, queuedAt);
            Volatile.Write(ref _blocks, [.. _blocks, newest]);
        }

        _last = logged.Position;
        Volatile.Write(ref _cost, _cost + newest.Cost - before);
        while (Cost > _budget && _blocks.Length > 1) DropFirst();
    }

    /// <summary>
    /// Lets go of everything, and begins after a position that is higher than all that there are: events below it cannot be had any more, and
    /// readers that want them are told by the log.
    /// </summary>
    public void BeginAfter(long position)
    {
        if (position <= _last) return;
        _last = position;
        Volatile.Write(ref _blocks, [.. _blocks, new FrameBlock(position, _blockBytes, _blockEntries, isPinned: true) { EncodingCost = _encodings }]);
        while (_blocks.Length > 1) DropFirst();
    }

    /// <summary>How many epochs have ended since the hub was started below what the window held.</summary>
    public int LostEpochs => Volatile.Read(ref _lostEpochs);

    /// <summary>
    /// Lets go of everything, and begins after a position that is lower than the head: another epoch gives the positions behind it anew. Lanes look at
    /// <see cref="LostEpochs"/> before anything else, and again behind it.
    /// </summary>
    public void BeginEpoch(long after)
    {
        Volatile.Write(ref _lostEpochs, _lostEpochs + 1);
        _last = after;
        Volatile.Write(ref _head, after);
        Volatile.Write(ref _blocks, [.. _blocks, new FrameBlock(after, _blockBytes, _blockEntries, isPinned: true) { EncodingCost = _encodings }]);
        while (_blocks.Length > 1) DropFirst();
    }

    /// <summary>Lets lanes deliver everything up to a position.</summary>
    public void Publish(long head) => Volatile.Write(ref _head, head);

    /// <summary>
    /// Drops blocks of which every event is older than a moment, so that a limit of age holds for memory too, a block at a time.
    /// </summary>
    /// <param name="time">The moment.</param>
    /// <param name="ages">From when the ages of events count.</param>
    public void EvictOlderThan(DateTimeOffset time, EventAges ages)
    {
        while (_blocks[0].Count > 0 && _blocks[0].Entry(_blocks[0].Count - 1).Event is var newest && ages.CountsFrom(newest.Position, newest.Time) < time)
        {
            ages.Forget(newest.Position);
            if (_blocks.Length == 1) Volatile.Write(ref _blocks, [.. _blocks, new FrameBlock(Math.Max(_head, _last), _blockBytes, _blockEntries, isPinned: true) { EncodingCost = _encodings }]);
            DropFirst();
        }
    }

    private void DropFirst()
    {
        _blocks[0].Drop();
        Volatile.Write(ref _cost, _cost - _blocks[0].Cost);
        Volatile.Write(ref _blocks, _blocks[1..]);
    }
}
