using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Writing;

/// <summary>What the log is like at the moment of one append, under the head's lock, the appends before it in the same batch included.</summary>
internal sealed class AppendState(KnownLog log, EpochHistory epochs, DateTimeOffset now) : IAppendState
{
    private readonly Dictionary<string, IdempotentResult> _results = new(StringComparer.Ordinal);
    private readonly Dictionary<Topic, EventId> _newest = [];
    private readonly Dictionary<Topic, Closing> _closings = [];

    /// <summary>The time that new events get.</summary>
    public DateTimeOffset Now => now;

    /// <summary>The epochs, that in which new events are included.</summary>
    public EpochHistory Epochs => epochs;

    /// <summary>The closings of this batch.</summary>
    public IReadOnlyDictionary<Topic, Closing> Closings => _closings;

    /// <summary>By what a key is found in the table.</summary>
    public static byte[] HashOf(IdempotencyKey key) => Hash.Of(key.Scope, key.Key);

    /// <summary>Notes what stands in the table of keys.</summary>
    public void AddResult(byte[] hash, IdempotentResult result) => _results[Convert.ToHexString(hash)] = result;

    /// <summary>Notes the newest event of a topic.</summary>
    public void AddNewest(Topic topic, EventId id) => _newest[topic] = id;

    /// <summary>Notes what is being appended, for what comes behind it.</summary>
    public void Add(Append append, IReadOnlyList<LoggedEvent> events)
    {
        if (append.Idempotency is { } key) AddResult(HashOf(key), new IdempotentResult(key.Fingerprint, events[0].Position, now));
        foreach (var logged in events)
        {
            foreach (var topic in logged.Content.Topics) _newest[topic] = logged.Id;
            if (logged.Content.IsClosing) _closings[logged.Content.Topics[0]] = new Closing(logged.Position, now, logged.Content.IsPrivate);
        }
    }

    public IdempotentResult? FindResult(IdempotencyKey key) => _results.TryGetValue(Convert.ToHexString(HashOf(key)), out var found) ? found : null;

    public EventId? NewestId(Topic topic) => _newest.TryGetValue(topic, out var id) ? id : null;

    public Closing? FindClosing(Topic topic) => _closings.TryGetValue(topic, out var closing) ? closing : log.FindClosing(topic);

    public Epoch EpochAt(long position) => epochs.At(position);
}
