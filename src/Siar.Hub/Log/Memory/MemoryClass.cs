namespace Siar.Hub;

/// <summary>What the in-memory log keeps of one retention class. Guarded by the log's lock.</summary>
internal sealed class MemoryClass(RetentionClass definition)
{
    private readonly PositionQueue _positions = new();
    private long _bytes;

    public RetentionClass Definition { get; set; } = definition;

    /// <summary>What was trimmed of it and is the newest of its key.</summary>
    public CompactedKeys Keys { get; } = new();

    public long? Oldest => _positions.Count > 0 ? _positions[0] : null;

    public void Add(LoggedEvent logged)
    {
        _positions.Add(logged.Position);
        _bytes += logged.Content.RetainedBytes;
    }

    public bool IsOverLimit(DateTimeOffset oldest, DateTimeOffset now) =>
        _positions.Count > Definition.Limits.MaxCount
        || _bytes > Definition.Limits.MaxBytes
        || now - oldest > Definition.Limits.MaxAge;

    public void DropOldest(LoggedEvent oldest)
    {
        _positions.RemoveFirst(oldest.Position);
        _bytes -= oldest.Content.RetainedBytes;
    }
}
