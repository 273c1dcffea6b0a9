namespace Siar.Hub;

/// <summary>
/// The newest events of keys that one class's limits have dropped: they are kept for whoever asks for the newest of each key, within limits of
/// their own, the oldest dropped first. Guarded by the log's lock.
/// </summary>
internal sealed class CompactedKeys
{
    private readonly SortedDictionary<long, LoggedEvent> _byPosition = [];
    private long _bytes;

    public void Add(LoggedEvent logged)
    {
        _byPosition.Add(logged.Position, logged);
        _bytes += logged.Content.RetainedBytes;
    }

    /// <summary>Lets go of an event, if it is here.</summary>
    public void Remove(LoggedEvent logged)
    {
        if (_byPosition.Remove(logged.Position)) _bytes -= logged.Content.RetainedBytes;
    }

    /// <summary>The oldest event, where there are too many; null where there are not.</summary>
    public LoggedEvent? Excess(RetentionLimits limits)
    {
        if (_byPosition.Count == 0 || (_byPosition.Count <= limits.MaxKeys && !(_bytes > limits.MaxBytes))) return null;
        foreach (var oldest in _byPosition.Values) return oldest;
        return null;
    }
}
