using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Connections;
using Siar.Storage.Postgres.Retention;
using Siar.Topics;

namespace Siar.Storage.Postgres.Reading;

/// <summary>Reads pages of the log, each in one snapshot of the database, so that what a page lacks its own word of what was trimmed tells. May be used from any thread.</summary>
internal sealed class PageReader(Engine engine, KnownLog log, PostgresLogOptions options, Func<CancellationToken, Task> refreshPlan)
{
    private const int MostSnapshots = 100;
    private readonly SelectionCache _selections = new();

    /// <summary>Reads a page.</summary>
    public async Task<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken)
    {
        // What is committed from here on is left for the next page: it may close topics that this hub does not know of yet.
        var head = log.Tail.Head;
        if (query.Selection is { } cut) head = Math.Min(head, cut.Through);
        await using var connection = await engine.OpenAsync(cancellationToken);
        for (var i = 0; i < MostSnapshots; i++)
        {
            await using var snapshot = new Snapshot(connection);
            var (version, planVersion) = await snapshot.BeginAsync(log.Number, cancellationToken);
            if (planVersion != log.PlanVersion)
            {
                await snapshot.DisposeAsync();
                await refreshPlan(cancellationToken);
                continue;
            }

            var trims = log.Trims;
            if ((trims.At(version) ?? await trims.SyncAsync(connection, version, cancellationToken)) is not { } trimmed) continue;
            var page = new PageBuilder(query, head, trimmed);
            await FillAsync(new EventQueries(connection, log), query, head, page, cancellationToken);
            return page.Build();
        }

        throw new LogUnavailableException(LogState.Unavailable, "The log is trimmed faster than a page of it can be read: try again.");
    }

    private async Task FillAsync(EventQueries events, LogQuery query, long head, PageBuilder page, CancellationToken cancellationToken)
    {
        if (query.After >= head) return;
        var topics = query.Matchers.IsAll ? null : await FindTopicsAsync(events, query.Matchers, cancellationToken);
        if (query.Selection is { IsOfKeys: true })
        {
            await new KeyedReader(events, log.Number, options.MaxScanned).ReadAsync(query, topics, page, cancellationToken);
        }
        else if (query.Selection is { } last)
        {
            var newest = new LastReader(events, log.Number);
            if (topics is null) await ScanLastAsync(events, newest, query, last, head, page, cancellationToken);
            else await OfferAsync(events.OfTopics(await newest.FindStartsAsync(last, topics, query.After, cancellationToken), head, query), query, page, last.Counts, cancellationToken);
        }
        else if (topics is not null)
        {
            await OfferAsync(events.OfTopics(topics.Select(t => (t, query.After)), head, query), query, page, _ => true, cancellationToken);
        }
        else
        {
            await ScanAsync(events, query, head, page, cancellationToken);
        }
    }

    // Everything, or topics that are too many to be listed: each event is looked at.
    private async Task ScanAsync(EventQueries events, LogQuery query, long head, PageBuilder page, CancellationToken cancellationToken)
    {
        var after = query.After;
        for (var left = options.MaxScanned; after < head;)
        {
            var most = Math.Min(left, query.Matchers.IsAll ? query.MaxEvents + 1 : Math.Max(query.MaxEvents + 1, 512));
            var rows = await events.After(after, head, most, query.MaxBytes).ReadAsync(cancellationToken);
            foreach (var (logged, _) in rows.Events)
            {
                after = logged.Position;
                if (page.Wants(logged) && !page.Offer(logged)) return;
            }

            if (!rows.IsCut) return;
            left -= rows.Events.Count;
            if (left > 0) continue;
            page.StopAt(after);
            return;
        }
    }

    // Of each topic that is met it is found out once where its newest begin.
    private async Task ScanLastAsync(
        EventQueries events, LastReader newest, LogQuery query, EventSelection last, long head, PageBuilder page, CancellationToken cancellationToken)
    {
        var most = Math.Max(1, options.MaxScanned / (1 + (last.LastOfTopic / 8)));
        var rows = await events.After(query.After, head, most, query.MaxBytes * 4).ReadAsync(cancellationToken);
        var wanted = rows.Events.SelectMany(r => r.Ids.Where((_, i) => query.Matchers.Matches(r.Logged.Content.Topics[i]))).Distinct().ToList();
        var starts = (await newest.FindStartsAsync(last, wanted, 0, cancellationToken)).ToDictionary(s => s.Topic, s => s.After);
        var after = query.After;
        foreach (var (logged, ids) in rows.Events)
        {
            if (last.Counts(logged.Content) && ids.Any(i => starts.TryGetValue(i, out var start) && logged.Position > start) && !page.Offer(logged)) return;
            after = logged.Position;
        }

        if (rows.IsCut) page.StopAt(after);
    }

    private static async Task OfferAsync(EventStatement statement, LogQuery query, PageBuilder page, Func<Event, bool> counts, CancellationToken cancellationToken)
    {
        var rows = await statement.ReadAsync(cancellationToken);
        var after = query.After;
        foreach (var (logged, _) in rows.Events)
        {
            if (counts(logged.Content) && !page.Offer(logged)) return;
            after = logged.Position;
        }

        if (rows.IsCut) page.StopAt(after);
    }

    // The numbers of the topics that the matchers mean; null where they are too many, or not all tried yet.
    private async Task<IReadOnlyCollection<long>?> FindTopicsAsync(EventQueries events, MatcherSet matchers, CancellationToken cancellationToken)
    {
        if (!matchers.Matchers.Any(m => m.IsPattern))
        {
            // Text that no topic can have may be another's name once it is UTF-8.
            var hashes = matchers.Matchers.Where(m => Topic.TryCreate(m.Value, out _, out _)).Select(m => Hash.Of(m.Value)).ToArray();
            return await events.FindTopicsAsync(hashes, cancellationToken);
        }

        var selection = _selections.Get(matchers);
        await selection.Turn.WaitAsync(cancellationToken);
        try
        {
            return await selection.FindAsync(events, options.MaxTopicsTried, cancellationToken);
        }
        finally
        {
            selection.Turn.Release();
        }
    }

    /// <summary>A snapshot of the database that is left when it is disposed of.</summary>
    private sealed class Snapshot(NpgsqlConnection connection) : IAsyncDisposable
    {
        private bool _isOpen;

        public async Task<(long Version, int PlanVersion)> BeginAsync(short log, CancellationToken cancellationToken)
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.Add("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            batch.Add(TrimMirror.VersionSql).With(log);
            await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
            _isOpen = true;
            await rows.ReadAsync(cancellationToken);
            return (rows.GetInt64(0), rows.GetInt32(1));
        }

        public async ValueTask DisposeAsync()
        {
            if (!_isOpen) return;
            _isOpen = false;
            if (connection.FullState is not System.Data.ConnectionState.Open) return;
            await using var command = new NpgsqlCommand("ROLLBACK", connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
