using System.Buffers;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// Makes pages of the log in memory. What a page may hold is copied at one moment, together with what had been trimmed then; a reader's matchers
/// and grants are tried on the copy, while others append. Safe for concurrent use.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="mostScanned">Events copied for a page at most.</param>
internal sealed class MemoryPages(MemoryLog log, int mostScanned)
{
    // Each is looked up with the other variants of its key, which takes longer than to copy an event.
    private const int MostKeyed = 1_024;

    // Events that are looked at to find where the newest begin, of all topics before a page ends, and of one.
    private const int MostLookedAt = 1 << 20;
    private const int MostOfTopic = 65_536;
    private const int LookedAtOnce = 512;

    public LogPage Read(LogQuery query)
    {
        if (query.Selection is { IsOfKeys: true }) return ReadKeyed(query);
        var topic = query.Selection is null ? ExactTopic(query.Matchers) : null;
        var enough = topic is not null || (query.Matchers.IsAll && query.Selection is null) ? (int)Math.Min(mostScanned, query.MaxEvents + 1L) : mostScanned;
        var copied = ArrayPool<LoggedEvent>.Shared.Rent(enough);
        try
        {
            var head = Math.Min(log.Head, query.Selection?.Through ?? long.MaxValue);
            var slice = topic is { } only ? log.CopyOfTopic(only, query.After, head, copied.AsSpan(0, enough)) : log.CopyAll(query.After, head, copied.AsSpan(0, enough));
            var page = new PageBuilder(query, head, slice.Trimmed);
            if (slice.Through < head) page.StopAt(slice.Through);
            if (query.Selection is { } selection) OfferLast(page, query, selection, copied.AsSpan(0, slice.Count));
            else OfferAll(page, copied.AsSpan(0, slice.Count));
            return page.Build();
        }
        finally
        {
            ArrayPool<LoggedEvent>.Shared.Return(copied, clearArray: true);
        }
    }

    private static void OfferAll(PageBuilder page, ReadOnlySpan<LoggedEvent> copied)
    {
        foreach (var logged in copied)
        {
            if (page.Wants(logged) && !page.Offer(logged)) return;
        }
    }

    private void OfferLast(PageBuilder page, LogQuery query, EventSelection selection, ReadOnlySpan<LoggedEvent> copied)
    {
        var starts = new Dictionary<Topic, long>();
        var lookedAt = 0;
        var before = page.After;
        foreach (var logged in copied)
        {
            if (lookedAt >= MostLookedAt)
            {
                page.StopAt(before);
                return;
            }

            before = logged.Position;
            if (selection.Counts(logged.Content) && IsAmongLast(logged, query.Matchers, selection, starts, ref lookedAt) && !page.Offer(logged)) return;
        }
    }

    private bool IsAmongLast(LoggedEvent logged, MatcherSet matchers, EventSelection selection, Dictionary<Topic, long> starts, ref int lookedAt)
    {
        foreach (var topic in logged.Content.Topics)
        {
            if (!starts.TryGetValue(topic, out var start))
                starts.Add(topic, start = matchers.Matches(topic) ? FindStart(topic, selection, ref lookedAt) : long.MaxValue);
            if (logged.Position >= start) return true;
        }

        return false;
    }

    // The position of the oldest of a topic's newest so many events. Where fewer are kept all are among them, those as well that were trimmed since
    // they were copied.
    private long FindStart(Topic topic, EventSelection selection, ref int lookedAt)
    {
        var newest = ArrayPool<LoggedEvent>.Shared.Rent(LookedAtOnce);
        try
        {
            var start = selection.Through + 1;
            var left = selection.LastOfTopic;
            var through = selection.Through;
            for (var looked = 0; looked < MostOfTopic; looked += LookedAtOnce)
            {
                var count = log.CopyNewest(topic, through, newest.AsSpan(0, LookedAtOnce));
                lookedAt += count;
                foreach (var logged in newest.AsSpan(0, count))
                {
                    through = logged.Position - 1;
                    if (!selection.Counts(logged.Content)) continue;
                    start = logged.Position;
                    if (--left == 0) return start;
                }

                if (count < LookedAtOnce) return 0;
            }

            return start;
        }
        finally
        {
            ArrayPool<LoggedEvent>.Shared.Return(newest, clearArray: true);
        }
    }

    private LogPage ReadKeyed(LogQuery query)
    {
        var cut = Math.Min(log.Head, query.Selection!.Through);
        var copied = new List<LatestByKey.Variants>();
        var slice = log.CopyKeyed(query.After, cut, Math.Min(mostScanned, MostKeyed), copied);
        var page = new PageBuilder(query, cut, slice.Trimmed);
        if (slice.Through < cut) page.StopAt(slice.Through);
        foreach (var variants in copied)
        {
            if (IsReadable(variants.Newest, query) && !variants.Newer.Any(v => IsReadable(v, query)) && !page.Offer(variants.Newest)) break;
        }

        return page.Build();
    }

    private static bool IsReadable(LoggedEvent logged, LogQuery query) =>
        query.Matchers.MatchesAny(logged.Content.Topics) && query.Selection!.Counts(logged.Content);

    private static Topic? ExactTopic(MatcherSet matchers) =>
        matchers.Matchers is [{ Kind: MatcherKind.Exact } only] && Topic.TryCreate(only.Value, out var topic, out _) ? topic : null;
}

/// <summary>What was copied of a log at one moment.</summary>
/// <param name="Count">How many events.</param>
/// <param name="Through">Up to where they are all that there were.</param>
/// <param name="Trimmed">What had been trimmed then.</param>
internal readonly record struct MemorySlice(int Count, long Through, TrimState Trimmed);
