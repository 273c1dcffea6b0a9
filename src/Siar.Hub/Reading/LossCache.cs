using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// What some matchers have lost, as the pages that are read ask for it. Patterns are looked for among the topics that were trimmed once, and after
/// that among those that were trimmed since. Safe for concurrent use; matchers are looked for outside of the lock.
/// </summary>
internal sealed class LossCache
{
    private const int MostPatterns = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<MatcherSet, (TrimState State, Losses Lost)> _ofPatterns = [];

    /// <summary>What the matchers of a page have lost.</summary>
    public Losses Of(TrimState trimmed, PageKey key)
    {
        // Most readers are beyond all that was trimmed.
        if (trimmed.Highest <= key.After) return trimmed.OfNothing();
        if (key.Matchers.DistinctPatternCount == 0) return trimmed.Of(key.Matchers);

        (TrimState State, Losses Lost) known;
        lock (_gate)
        {
            if (!_ofPatterns.TryGetValue(key.Matchers, out known)) known = (TrimState.Nothing, Losses.None);
        }

        if (ReferenceEquals(known.State, trimmed)) return known.Lost;
        var lost = trimmed.Of(key.Matchers, IsEarlier(known.State, trimmed) ? known.Lost : Losses.None);
        lock (_gate)
        {
            if (_ofPatterns.Count >= MostPatterns) _ofPatterns.Clear();
            _ofPatterns[key.Matchers] = (trimmed, lost);
        }

        return lost;
    }

    private static bool IsEarlier(TrimState one, TrimState other)
    {
        if (one.Classes.Length != other.Classes.Length) return false;
        for (var i = 0; i < one.Classes.Length; i++)
        {
            if (one.Classes[i].Position > other.Classes[i].Position) return false;
        }

        return true;
    }
}
