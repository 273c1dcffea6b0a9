namespace Siar.Topics.Index;

/// <summary>A pattern that the index holds, once for all of its values. An entry that has lost its last value is dead and never comes back.</summary>
internal sealed class PatternEntry<T>(Matcher matcher)
    where T : class
{
    // A field, for a bag is a struct that changes in place.
    public ValueBag<T> Values;

    public Matcher Matcher { get; } = matcher;

    public bool IsDead => Values.IsEmpty;

    /// <summary>The number of the last search that has found the entry, so that one search counts it once.</summary>
    public long FoundBy { get; set; }
}
