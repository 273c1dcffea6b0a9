using Npgsql;
using Siar.Hub;

namespace Siar.Storage.Postgres.Reading;

/// <summary>Reads the newest event of each key, in the order of positions, within the caller's snapshot.</summary>
internal sealed class KeyedReader(EventQueries events, short log, int maxScanned)
{
    private const string AllSql = "SELECT position FROM siar.keyed WHERE log = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4";

    private const string OfTopicsSql = """
        SELECT w.topic, x.position FROM unnest($2) AS w(topic)
        CROSS JOIN LATERAL (
          SELECT k.position FROM siar.keyed_topic k
          WHERE k.log = $1 AND k.topic = w.topic AND k.position > $3 AND k.position <= $4 ORDER BY k.position LIMIT $5) x
        """;

    // All variants of the keys of some events.
    private const string VariantsSql = """
        SELECT DISTINCT k.position FROM siar.keyed m JOIN siar.keyed k ON k.log = $1 AND k.name = m.name AND k.position > m.position
        WHERE m.log = $1 AND m.position = ANY($2)
        """;

    /// <summary>Fills a page.</summary>
    /// <param name="query">What is wanted.</param>
    /// <param name="topics">The numbers of the topics that the matchers mean; null for all topics, of which each event is looked at.</param>
    /// <param name="page">The page.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task ReadAsync(LogQuery query, IReadOnlyCollection<long>? topics, PageBuilder page, CancellationToken cancellationToken)
    {
        var (positions, through) = await FindAsync(query, topics, cancellationToken);
        if (positions.Length > 0)
        {
            var found = (await events.At(positions).ReadAsync(cancellationToken)).Events;
            var newer = (await ReadNewerAsync(positions, cancellationToken)).ToLookup(n => (n.Content.Topics[0], n.Content.Key));
            foreach (var (logged, _) in found)
            {
                if (!IsReadable(logged, query)) continue;
                if (newer[(logged.Content.Topics[0], logged.Content.Key)].Any(n => n.Position > logged.Position && IsReadable(n, query))) continue;
                if (!page.Offer(logged)) return;
            }
        }

        if (through is { } last) page.StopAt(last);
    }

    // A newer event of the same key takes an older one's place, as far as the reader may have it; where it came after the cut, it comes live.
    private static bool IsReadable(LoggedEvent logged, LogQuery query) => query.Matchers.MatchesAny(logged.Content.Topics) && query.Selection!.Counts(logged.Content);

    private async Task<List<LoggedEvent>> ReadNewerAsync(long[] positions, CancellationToken cancellationToken)
    {
        var newer = new List<long>();
        await using (var batch = new NpgsqlBatch(events.Connection))
        {
            batch.Add(VariantsSql).With(log).With(positions);
            await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) newer.Add(rows.GetInt64(0));
        }

        return newer.Count == 0 ? [] : (await events.At([.. newer]).ReadAsync(cancellationToken)).Events.ConvertAll(e => e.Logged);
    }

    // The next positions, and up to where they are all that there are; null where that is to the cut.
    private async Task<(long[] Positions, long? Through)> FindAsync(LogQuery query, IReadOnlyCollection<long>? topics, CancellationToken cancellationToken)
    {
        var cut = query.Selection!.Through;
        await using var batch = new NpgsqlBatch(events.Connection);
        if (topics is null)
        {
            var most = Math.Min(maxScanned, Math.Max(query.MaxEvents + 1, 512));
            batch.Add(AllSql).With(log).With(query.After).With(cut).With(most);
            var all = new List<long>();
            await using var positions = await batch.ExecuteReaderAsync(cancellationToken);
            while (await positions.ReadAsync(cancellationToken)) all.Add(positions.GetInt64(0));
            return ([.. all], all.Count == most ? all[^1] : null);
        }

        if (topics.Count == 0) return ([], null);
        var each = Math.Max(16, (query.MaxEvents + 1) / topics.Count);
        batch.Add(OfTopicsSql).With(log).With(topics.ToArray()).With(query.After).With(cut).With(each);
        var byTopic = new Dictionary<long, List<long>>();
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            if (!byTopic.TryGetValue(rows.GetInt64(0), out var ofTopic)) byTopic.Add(rows.GetInt64(0), ofTopic = []);
            ofTopic.Add(rows.GetInt64(1));
        }

        var cutOff = byTopic.Values.Where(p => p.Count == each).Select(p => p.Max()).ToList();
        long? through = cutOff.Count > 0 ? cutOff.Min() : null;
        return ([.. byTopic.Values.SelectMany(p => p).Distinct().Where(p => p <= (through ?? long.MaxValue)).Order()], through);
    }
}
