using System.Collections.Immutable;

namespace Siar.Hub;

/// <summary>Fills a page of a log up to the query's limits. Logs share it, so that they stop alike.</summary>
public sealed class PageBuilder(LogQuery query, long head, TrimState trimmed)
{
    private readonly ImmutableArray<LoggedEvent>.Builder _events = ImmutableArray.CreateBuilder<LoggedEvent>();
    private long _bytes;
    private long _through = head;

    /// <summary>The position that the page comes after.</summary>
    public long After => query.After;

    /// <summary>Whether the query means the event.</summary>
    public bool Wants(LoggedEvent logged) => query.Matchers.MatchesAny(logged.Content.Topics);

    /// <summary>Adds an event that the query means, if the page has room. At least one always has.</summary>
    /// <returns>Whether the page may take more.</returns>
    public bool Offer(LoggedEvent logged)
    {
        if (_events.Count > 0 && (_events.Count >= query.MaxEvents || _bytes + logged.Content.Data.Length > query.MaxBytes))
        {
            StopAt(_events[^1].Position);
            return false;
        }

        _events.Add(logged);
        _bytes += logged.Content.Data.Length;
        return true;
    }

    /// <summary>Says that events after this position were not looked at.</summary>
    public void StopAt(long position) => _through = position;

    /// <summary>The page.</summary>
    public LogPage Build() => new(_events.DrainToImmutable(), Math.Max(_through, query.After), trimmed);
}
