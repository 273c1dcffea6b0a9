using System.Collections.Immutable;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Journal.Index;

/// <summary>What a hub decides about a batch by its index, which holds if the index was as far as the stream.</summary>
/// <param name="Sequence">How far the index was.</param>
/// <param name="Head">The log's head there.</param>
/// <param name="Answers">For each append what it is answered with although nothing is appended; null where it is to be done.</param>
internal sealed record Decision(long Sequence, long Head, ImmutableArray<Appended?> Answers)
{
    /// <summary>Whether a refusal is among them: by an index that is behind it may be wrong.</summary>
    public bool HasRefusal => Answers.Any(a => a?.Refusal is not null);

    /// <summary>What of a batch is to be done.</summary>
    public ImmutableArray<Append> Accepted(IReadOnlyList<Append> batch) => [.. batch.Where((_, i) => Answers[i] is null)];

    /// <summary>The results of a batch, once what was to be done is.</summary>
    /// <param name="done">The results of the appends that were done, in order.</param>
    public Appended[] ResultsWith(IReadOnlyList<Appended> done)
    {
        var next = 0;
        var results = new Appended[Answers.Length];
        var logged = done.SelectMany(d => d.Events).ToDictionary(e => e.Position);
        for (var i = 0; i < results.Length; i++) results[i] = Answers[i] is { } answer ? WithTimes(answer, logged) : done[next++];
        return results;
    }

    // A repeat of what stands in the same batch was decided before that had its time.
    private Appended WithTimes(Appended answer, Dictionary<long, LoggedEvent> logged)
    {
        if (!answer.IsRepeat || answer.Events[0].Position <= Head) return answer;
        return answer with { Events = [.. answer.Events.Select(e => logged.TryGetValue(e.Position, out var now) ? new LoggedEvent(e.Position, now.Epoch, now.Time, e.Content) : e)] };
    }
}

/// <summary>Decides a batch: what the index knows, and the appends before in the same batch.</summary>
/// <param name="known">What the index knows.</param>
/// <param name="head">The log's head.</param>
/// <param name="epoch">The epoch of the positions that follow.</param>
/// <param name="now">The moment.</param>
internal sealed class Deciding(IAppendState known, long head, Epoch epoch, DateTimeOffset now) : IAppendState
{
    private readonly Dictionary<(string Scope, string Key), IdempotentResult> _results = [];
    private readonly Dictionary<Topic, EventId> _newest = [];
    private readonly Dictionary<Topic, Closing> _closings = [];
    private long _added;

    public Decision Decide(long sequence, IReadOnlyList<Append> batch)
    {
        var answers = ImmutableArray.CreateBuilder<Appended?>(batch.Count);
        foreach (var append in batch)
        {
            var answer = AppendGate.Check(append, this);
            if (answer is null) Take(append);
            answers.Add(answer);
        }

        return new Decision(sequence, head, answers.MoveToImmutable());
    }

    public IdempotentResult? FindResult(IdempotencyKey key) => _results.TryGetValue((key.Scope, key.Key), out var found) ? found : known.FindResult(key);

    public EventId? NewestId(Topic topic) => _newest.TryGetValue(topic, out var id) ? id : known.NewestId(topic);

    public Closing? FindClosing(Topic topic) => _closings.TryGetValue(topic, out var closing) ? closing : known.FindClosing(topic);

    public Epoch EpochAt(long position) => position > head ? epoch : known.EpochAt(position);

    // The positions are known beforehand: the append succeeds only if nobody else's stands between.
    private void Take(Append append)
    {
        if (append.Idempotency is { } key) _results[(key.Scope, key.Key)] = new IdempotentResult(key.Fingerprint, head + _added + 1, now);
        foreach (var content in append.Events)
        {
            var logged = new LoggedEvent(head + ++_added, epoch, now, content);
            foreach (var topic in content.Topics) _newest[topic] = logged.Id;
            if (content.IsClosing) _closings[content.Topics[0]] = new Closing(logged.Position, now, content.IsPrivate);
        }
    }
}
