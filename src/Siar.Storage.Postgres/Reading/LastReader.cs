using Npgsql;
using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Postgres.Reading;

/// <summary>
/// Finds where the newest so many events of topics begin, within the caller's snapshot. An event is among the newest of one of its topics if it is not
/// before that.
/// </summary>
internal sealed class LastReader(EventQueries events, short log)
{
    /// <summary>Events that count for nobody, or not for this reader, looked at before the search of a topic ends.</summary>
    private const int MostLookedAt = 65_536;

    private const string Sql = """
        SELECT w.topic, x.position, x.flags, CASE WHEN x.flags & 1 = 1 THEN
          (SELECT array_agg(t.name) FROM siar.topic t WHERE t.id = x.canonical OR t.id = ANY(x.alternates)) END
        FROM unnest($2, $3, $4) AS w(topic, before, count)
        CROSS JOIN LATERAL (
          SELECT e.position, e.flags, e.topic AS canonical, e.alternates FROM siar.event_topic t JOIN siar.event e ON e.log = $1 AND e.position = t.position
          WHERE t.log = $1 AND t.topic = w.topic AND t.position < w.before ORDER BY t.position DESC LIMIT w.count) x
        ORDER BY w.topic, x.position DESC
        """;

    /// <summary>For each topic the position after which its newest begin, but not before another position.</summary>
    public async Task<IReadOnlyList<(long Topic, long After)>> FindStartsAsync(
        EventSelection selection, IReadOnlyCollection<long> topics, long after, CancellationToken cancellationToken)
    {
        var searches = topics.Distinct().Select(t => new Search(t, selection.Through + 1, selection.LastOfTopic)).ToList();
        for (var open = searches; open.Count > 0; open = open.FindAll(s => s.Left > 0 && !s.IsAtEnd && s.LookedAt < MostLookedAt))
            await LookAsync(open, selection, cancellationToken);
        return searches.ConvertAll(s => (s.Topic, Math.Max(after, s.Start - 1)));
    }

    private async Task LookAsync(List<Search> open, EventSelection selection, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(events.Connection);
        batch.Add(Sql).With(log).With(open.ConvertAll(s => s.Topic).ToArray()).With(open.ConvertAll(s => s.Before).ToArray()).With(open.ConvertAll(s => s.Left).ToArray());
        var byTopic = open.ToDictionary(s => s.Topic);
        var found = open.ToDictionary(s => s.Topic, s => (Asked: s.Left, Got: 0));
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var search = byTopic[rows.GetInt64(0)];
            found[search.Topic] = found[search.Topic] with { Got = found[search.Topic].Got + 1 };
            search.See(rows.GetInt64(1), Counts((EventFlags)rows.GetInt16(2), rows, selection));
        }

        foreach (var search in open) search.IsAtEnd = found[search.Topic].Got < found[search.Topic].Asked;
    }

    private static bool Counts(EventFlags flags, NpgsqlDataReader row, EventSelection selection)
    {
        if ((flags & (EventFlags.Closing | EventFlags.PresencePause | EventFlags.MemberFact)) != EventFlags.None) return false;
        return !flags.HasFlag(EventFlags.Private) || selection.Grants.MatchesAny([.. row.Get<string[]>(3).Select(Topic.Parse)]);
    }

    private sealed class Search(long topic, long before, int left)
    {
        public long Topic { get; } = topic;

        public long Start { get; private set; } = before;

        public long Before { get; private set; } = before;

        public int Left { get; private set; } = left;

        public int LookedAt { get; private set; }

        public bool IsAtEnd { get; set; }

        public void See(long position, bool counts)
        {
            Before = position;
            LookedAt++;
            if (!counts) return;
            Start = position;
            Left--;
        }
    }
}
