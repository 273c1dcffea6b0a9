using Npgsql;
using Siar.Topics;

namespace Siar.Storage.Postgres.Reading;

/// <summary>The selections of the matchers asked about last. Safe for concurrent use; each selection has a turn of its own.</summary>
internal sealed class SelectionCache
{
    private const int MaxSelections = 256;
    private readonly Lock _gate = new();
    private readonly Dictionary<MatcherSet, LinkedListNode<TopicSelection>> _byMatchers = [];
    private readonly LinkedList<TopicSelection> _byUse = new();

    public TopicSelection Get(MatcherSet matchers)
    {
        lock (_gate)
        {
            if (_byMatchers.TryGetValue(matchers, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value;
            }

            node = _byUse.AddFirst(new TopicSelection(matchers));
            _byMatchers.Add(matchers, node);
            if (_byUse.Count > MaxSelections)
            {
                _byMatchers.Remove(_byUse.Last!.Value.Matchers);
                _byUse.RemoveLast();
            }

            return node.Value;
        }
    }
}

/// <summary>
/// Which topics in the table a set of patterns means: each topic is tried once, and new ones as they come, for numbers rise in the order of commits.
/// </summary>
internal sealed class TopicSelection(MatcherSet matchers)
{
    /// <summary>Above so many topics it is cheaper to go through the events themselves.</summary>
    private const int MaxTopics = 4_096;

    private List<long> _topics = [];
    private long _through;
    private bool _isTooBroad;

    public MatcherSet Matchers { get; } = matchers;

    /// <summary>Whoever finds has it.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>The topics' numbers, within the caller's snapshot; null where they are too many, or not all tried yet.</summary>
    /// <param name="events">The snapshot.</param>
    /// <param name="most">How many topics to try.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyCollection<long>?> FindAsync(EventQueries events, int most, CancellationToken cancellationToken)
    {
        if (_isTooBroad) return null;
        await using var batch = new NpgsqlBatch(events.Connection);
        batch.Add("SELECT id, name FROM siar.topic WHERE log = $1 AND id > $2 ORDER BY id LIMIT $3").With(events.Log).With(_through).With(most);
        var tried = 0;
        await using (var rows = await batch.ExecuteReaderAsync(cancellationToken))
        {
            for (; await rows.ReadAsync(cancellationToken); tried++)
            {
                var id = rows.GetInt64(0);
                if (Matchers.Matches(Topic.Parse(rows.GetString(1)))) _topics.Add(id);
                _through = id;
            }
        }

        // A reader that has found nothing new may have an older snapshot, in which topics that others found are not there yet.
        if (tried > 0 && _topics.Count > MaxTopics) await LimitAsync(events, cancellationToken);
        return _isTooBroad || tried == most ? null : [.. _topics];
    }

    // Leaves out those that are gone from the table, or gives up listing them. Nothing changes before all is read: what is left out here is never looked for again.
    private async Task LimitAsync(EventQueries events, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(events.Connection);
        batch.Add("SELECT id FROM siar.topic WHERE id = ANY($1) ORDER BY id").With(_topics.ToArray());
        var left = new List<long>();
        await using (var rows = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken)) left.Add(rows.GetInt64(0));
        }

        _isTooBroad = left.Count > MaxTopics / 2;
        _topics = _isTooBroad ? [] : left;
    }
}
