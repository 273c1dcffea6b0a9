using System.Collections.Immutable;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>What a log knows at the moment at which it is to append, the appends before it in the same batch included.</summary>
public interface IAppendState
{
    /// <summary>What was published under a key that is still known.</summary>
    IdempotentResult? FindResult(IdempotencyKey key);

    /// <summary>The id of the newest event kept of a topic, canonical or alternate; null where there is none.</summary>
    EventId? NewestId(Topic topic);

    /// <summary>The closing of a topic; null while it is open.</summary>
    Closing? FindClosing(Topic topic);

    /// <summary>The life of the log in which a position was given.</summary>
    Epoch EpochAt(long position);
}

/// <summary>Decides whether an append is to be done. Logs share it, so that they decide alike.</summary>
public static class AppendGate
{
    /// <summary>What the append is answered with although nothing is appended; null when it is to be done.</summary>
    public static Appended? Check(Append append, IAppendState state)
    {
        // The key first: a publish that was done is answered so again, whatever has become of its condition since.
        if (append.Idempotency is { } key && Find(key, state) is { } first)
            return first.Fingerprint == key.Fingerprint ? Repeat(append, first, state) : Refused(PublishRefusal.KeyReused);
        if (append.Events is [{ IsClosing: true } only] && state.FindClosing(only.Topics[0]) is { } closing) return Repeat(only, closing, state);
        if (IsAnyClosed(append.Events, state)) return Refused(PublishRefusal.TopicClosed);
        if (append.Condition is { } condition && !condition.IsMet(state.NewestId(append.Events[0].Topics[0]))) return Refused(PublishRefusal.ConditionFailed);
        return null;
    }

    private static IdempotentResult? Find(IdempotencyKey key, IAppendState state)
    {
        if (state.FindResult(key) is { } result) return result;
        if (key.FormerScope is not { } former) return null;
        return state.FindResult(key with { Scope = former }) is { } earlier && earlier.Fingerprint == key.Fingerprint ? earlier : null;
    }

    private static bool IsAnyClosed(ImmutableArray<Event> events, IAppendState state)
    {
        var closing = default(HashSet<Topic>);
        foreach (var content in events)
        {
            foreach (var topic in content.Topics)
            {
                if (closing?.Contains(topic) == true || state.FindClosing(topic) is not null) return true;
            }

            if (content.IsClosing) (closing ??= []).Add(content.Topics[0]);
        }

        return false;
    }

    private static Appended Repeat(Event closed, Closing closing, IAppendState state)
    {
        var content = Event.Closing(closed.Topics[0], closing.IsPrivate);
        return new Appended([new LoggedEvent(closing.Position, state.EpochAt(closing.Position), closing.Time, content)]) { IsRepeat = true };
    }

    private static Appended Refused(PublishRefusal refusal) => new(ImmutableArray<LoggedEvent>.Empty) { Refusal = refusal };

    // What is sent again is the same, so that nothing of it need have been kept.
    private static Appended Repeat(Append append, IdempotentResult first, IAppendState state)
    {
        var epoch = state.EpochAt(first.Position);
        return new Appended([.. append.Events.Select((content, i) => new LoggedEvent(first.Position + i, epoch, first.Time, content))]) { IsRepeat = true };
    }
}
