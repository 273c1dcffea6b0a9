using System.Buffers.Binary;
using System.Collections.Immutable;
using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Outbox;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Writing;

/// <summary>One batch on its way: what it looks up under the head's lock, and what becomes of each of its appends.</summary>
internal sealed class AppendAttempt(KnownLog log, IReadOnlyList<Append> batch)
{
    /// <summary>Names the batch, whatever becomes of the answer to its commit.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    public IReadOnlyList<Append> Batch { get; set; } = batch;

    /// <summary>The log's row as it was found.</summary>
    public HeadRow Row { get; set; } = null!;

    /// <summary>The epochs that were found.</summary>
    public EpochHistory Known { get; set; } = null!;

    public AppendState State { get; set; } = null!;

    /// <summary>The epoch that begins with this batch; null where the present one goes on.</summary>
    public Epoch? NewEpoch { get; set; }

    /// <summary>The numbers of the batch's topics.</summary>
    public Dictionary<Topic, long> Topics { get; } = [];

    /// <summary>What is taken out of the outbox.</summary>
    public List<OutboxRow> Moved { get; } = [];

    /// <summary>One for each append.</summary>
    public Appended[] Results { get; private set; } = [];

    /// <summary>What is to be written; null where nothing is.</summary>
    public BatchRows? Rows { get; private set; }

    /// <summary>The head behind the batch.</summary>
    public long Head { get; private set; }

    /// <summary>What of the outbox the log does not take.</summary>
    public IReadOnlyList<RefusedEvent> Refused => [.. OutboxRow.Refused(Moved, Results)];

    /// <summary>Adds the statements that read what decides.</summary>
    public void AddLookUps(NpgsqlBatch pipeline)
    {
        var topics = Batch.SelectMany(a => a.Events).SelectMany(e => e.Topics).Distinct().ToArray();
        pipeline.Add(TopicRows.Find).With(log.Number).With(Array.ConvertAll(topics, t => Hash.Of(t.Value))).With(Array.ConvertAll(topics, t => t.Value));
        var keys = Batch.Select(a => a.Idempotency).OfType<IdempotencyKey>().SelectMany(HashesOf).ToArray();
        if (keys.Length > 0)
            pipeline.Add("SELECT hash, fingerprint, position, time, expires FROM siar.idempotency WHERE log = $1 AND hash = ANY($2)").With(log.Number).With(keys);
        var conditional = Batch.Where(a => a.Condition is not null).Select(a => Hash.Of(a.Events[0].Topics[0].Value)).ToArray();
        if (conditional.Length > 0) pipeline.Add(TopicRows.Newest).With(log.Number).With(conditional);
    }

    /// <summary>Takes what those statements give.</summary>
    public async Task ReadLookUpsAsync(NpgsqlDataReader rows)
    {
        do
        {
            switch (rows.FieldCount)
            {
                case TopicRows.FindColumns:
                    while (await rows.ReadAsync()) Topics[Topic.Parse(rows.GetString(1))] = rows.GetInt64(0);
                    break;
                case TopicRows.NewestColumns:
                    while (await rows.ReadAsync())
                    {
                        var id = rows.TextOrNull(2) is { } own ? EventId.Parse(own) : HubEventId.Create(State.EpochAt(rows.GetInt64(1)), rows.GetInt64(1));
                        State.AddNewest(Topic.Parse(rows.GetString(0)), id);
                    }

                    break;
                default:
                    while (await rows.ReadAsync())
                    {
                        if (rows.Get<DateTimeOffset>(4) <= State.Now) continue;
                        var fingerprint = BinaryPrimitives.ReadUInt128BigEndian(rows.Get<byte[]>(1));
                        State.AddResult(rows.Get<byte[]>(0), new IdempotentResult(fingerprint, rows.GetInt64(2), rows.Get<DateTimeOffset>(3)));
                    }

                    break;
            }
        }
        while (await rows.NextResultAsync());
    }

    /// <summary>Decides about each append in order, and gives positions.</summary>
    public void Decide()
    {
        var position = Row.Head;
        Results = new Appended[Batch.Count];
        for (var i = 0; i < Batch.Count; i++)
        {
            var append = Batch[i];
            if (AppendGate.Check(append, State) is { } decided)
            {
                Results[i] = decided;
                continue;
            }

            var events = ImmutableArray.CreateBuilder<LoggedEvent>(append.Events.Length);
            foreach (var content in append.Events) events.Add(new LoggedEvent(++position, State.EpochAt(position), State.Now, content));
            Results[i] = new Appended(events.MoveToImmutable());
            State.Add(append, Results[i].Events);
            (Rows ??= new BatchRows(log.Number, Topics)).Add(append, Results[i].Events);
        }

        Head = position;
    }

    private static IEnumerable<byte[]> HashesOf(IdempotencyKey key) => key.FormerScope is { } former
        ? [AppendState.HashOf(key), AppendState.HashOf(key with { Scope = former })]
        : [AppendState.HashOf(key)];
}
