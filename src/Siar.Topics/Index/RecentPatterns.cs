namespace Siar.Topics.Index;

/// <summary>
/// The patterns that were added last, numbered. What was remembered for a topic before they came is brought up to date with
/// them alone, so that a hub where patterns come and go need not search again for every topic.
/// </summary>
internal sealed class RecentPatterns<T>
    where T : class
{
    private const int Most = 1024;

    private readonly List<PatternEntry<T>> _entries = [];

    /// <summary>The number of the oldest addition that is still known.</summary>
    public long First { get; private set; }

    /// <summary>The number that the next addition gets.</summary>
    public long Next => First + _entries.Count;

    public void Add(PatternEntry<T> entry)
    {
        if (_entries.Count == Most)
        {
            _entries.RemoveRange(0, Most / 2);
            First += Most / 2;
        }

        _entries.Add(entry);
    }

    /// <summary>Appends the living entries from a number on; it must not be below <see cref="First"/>.</summary>
    public void AppendSince(long number, List<PatternEntry<T>> into)
    {
        for (var i = (int)(number - First); i < _entries.Count; i++)
        {
            if (!_entries[i].IsDead) into.Add(_entries[i]);
        }
    }
}
