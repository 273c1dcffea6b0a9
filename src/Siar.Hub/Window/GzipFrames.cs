namespace Siar.Hub;

/// <summary>
/// The frames of one block as gzip, each made when its first reader wants it. Reading one that is there takes no lock; one at a time is made.
/// </summary>
internal sealed class GzipFrames(int entries, GzipCost? cost)
{
    private readonly GzipFrame?[] _frames = new GzipFrame?[entries];
    private readonly Lock _gate = new();
    private long _counted;
    private bool _isDropped;

    public GzipFrame Get(FrameBlock block, int index, int compressFrom) =>
        Volatile.Read(ref _frames[index]) ?? Make(block, index, compressFrom);

    /// <summary>Says that the block has left the window, whose budget counts it no longer. A second call does nothing.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            if (_isDropped) return;
            _isDropped = true;
            cost?.Add(-_counted);
        }
    }

    private GzipFrame Make(FrameBlock block, int index, int compressFrom)
    {
        lock (_gate)
        {
            if (_frames[index] is { } existing) return existing;
            var frame = GzipFrame.Of(block.Payload(index).Span, compressFrom);
            if (!_isDropped) Count(frame.Cost + (_counted == 0 ? entries * sizeof(long) : 0));
            Volatile.Write(ref _frames[index], frame);
            return frame;
        }
    }

    private void Count(long bytes)
    {
        _counted += bytes;
        cost?.Add(bytes);
    }
}

/// <summary>The memory that a window's frames take as gzip. Safe for concurrent use.</summary>
internal sealed class GzipCost
{
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
