using System.Collections.Immutable;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// What a log remembers of what it has dropped, class by class: the highest position, and that of each topic, of the newest so many topics. Logs
/// share it, so that they tell the same gaps. One thread changes it; the states that it describes may be used by any.
/// </summary>
/// <param name="plan">The classes, and how many topics are remembered of each: beyond it the lowest are forgotten, and a floor rises to them.</param>
public sealed class TrimRecord(RetentionPlan plan)
{
    private const int CharactersPerTopic = 128;

    private readonly TrimmedTopics[] _topics = [.. plan.Classes.Select(_ => new TrimmedTopics())];
    private readonly TrimmedClass[] _classes = [.. plan.Classes.Select(c => new TrimmedClass(c.Prefix, 0, 0, 0, 0, c.PrivateOnly))];
    private readonly Dictionary<EventId, long[]> _ids = [];
    private readonly Lock _idGate = new();

    /// <summary>What is known of one class, but for its topics.</summary>
    public TrimmedClass this[int index] => _classes[index];

    /// <summary>Notes that an event of a class was trimmed, under each of its topics.</summary>
    /// <param name="index">The class.</param>
    /// <param name="trimmed">The event.</param>
    /// <param name="leadsId">Whether its own id, if it has one, led to it.</param>
    public void Add(int index, LoggedEvent trimmed, bool leadsId)
    {
        var id = leadsId ? trimmed.Content.Id : default;
        Raise(index, trimmed.Position, trimmed.Content.Topics.Length > 1);
        foreach (var topic in trimmed.Content.Topics) Add(index, new TrimmedTopic(topic, trimmed.Content.IsPrivate, trimmed.Position, id));
    }

    /// <summary>Says up to where a class was trimmed.</summary>
    /// <param name="index">The class.</param>
    /// <param name="position">The highest position.</param>
    /// <param name="hasAlternates">Whether the event there had alternate topics.</param>
    public void Raise(int index, long position, bool hasAlternates)
    {
        ref var of = ref _classes[index];
        of = of with
        {
            Position = Math.Max(of.Position, position),
            AlternatePosition = hasAlternates ? Math.Max(of.AlternatePosition, position) : of.AlternatePosition,
        };
    }

    /// <summary>Says up to where topics of which nothing is remembered count as trimmed.</summary>
    /// <param name="index">The class.</param>
    /// <param name="floor">For topics of the class.</param>
    /// <param name="alternateFloor">For topics of other classes.</param>
    public void RaiseFloor(int index, long floor, long alternateFloor)
    {
        ref var of = ref _classes[index];
        of = of with { Floor = Math.Max(of.Floor, floor), AlternateFloor = Math.Max(of.AlternateFloor, alternateFloor) };
    }

    /// <summary>Notes up to where a topic was trimmed. In the order of positions.</summary>
    /// <param name="index">The class of the event that was trimmed.</param>
    /// <param name="trimmed">The topic.</param>
    public void Add(int index, TrimmedTopic trimmed)
    {
        var before = _topics[index].Add(ref trimmed);
        lock (_idGate)
        {
            if (!trimmed.Id.IsNone) _ids[trimmed.Id] = [.. _ids.GetValueOrDefault(trimmed.Id, []), trimmed.Position];
            ForgetId(before);
        }
    }

    /// <summary>Forgets the lowest topic of a class, where it has too many, or too long ones; called until there is none.</summary>
    public bool TryForget(int index, out TrimmedTopic forgotten)
    {
        forgotten = default;
        var topics = _topics[index];
        if (topics.Count <= plan.TrimmedTopics && topics.Characters <= (long)plan.TrimmedTopics * CharactersPerTopic) return false;
        if (topics.Count == 0) return false;

        // The floor first: a topic must at no moment seem untrimmed.
        forgotten = topics.ForgetLowest();
        if (plan.IndexOf(forgotten.Topic) == index) RaiseFloor(index, forgotten.Position, 0);
        else RaiseFloor(index, 0, forgotten.Position);
        lock (_idGate) ForgetId(forgotten);
        return true;
    }

    /// <summary>Where a publisher's id leads that an event had which was trimmed, as the newest of its topic; null where it is not known. From any thread.</summary>
    public long? Find(EventId id)
    {
        // Spec (Mercure): of several events with one id a cursor means the earliest.
        lock (_idGate) return _ids.TryGetValue(id, out var known) ? known.Min() : null;
    }

    /// <summary>The topics of a class that are remembered, in the order of positions.</summary>
    public IEnumerable<TrimmedTopic> Topics(int index) => _topics[index].All();

    /// <summary>Forgets everything, to be filled again.</summary>
    public void Clear()
    {
        foreach (var topics in _topics) topics.Clear();
        for (var i = 0; i < _classes.Length; i++) _classes[i] = new TrimmedClass(_classes[i].Prefix, 0, 0, 0, 0, _classes[i].PrivateOnly);
        lock (_idGate) _ids.Clear();
    }

    /// <summary>What is known at this moment.</summary>
    public TrimState Describe()
    {
        var classes = ImmutableArray.CreateBuilder<TrimmedClass>(_classes.Length);
        for (var i = 0; i < _classes.Length; i++) classes.Add(_classes[i] with { Topics = _topics[i].Now });
        return new TrimState(classes.MoveToImmutable());
    }

    private void ForgetId(TrimmedTopic forgotten)
    {
        if (forgotten.Id.IsNone || !_ids.TryGetValue(forgotten.Id, out var known)) return;
        var at = Array.IndexOf(known, forgotten.Position);
        if (known.Length > 1) _ids[forgotten.Id] = [.. known[..at], .. known[(at + 1)..]];
        else _ids.Remove(forgotten.Id);
    }
}
