using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>What is remembered of a topic of which events were trimmed.</summary>
/// <param name="Topic">The topic, canonical or alternate.</param>
/// <param name="IsPrivate">Whether it is of private events, or of those that everybody may have: both are remembered, each for itself.</param>
/// <param name="Position">The highest position trimmed.</param>
/// <param name="Id">The publisher's own id that led to the event there, if one did: a reader that has it as its cursor can go on.</param>
public readonly record struct TrimmedTopic(Topic Topic, bool IsPrivate, long Position, EventId Id);

/// <summary>
/// Up to where each topic of one retention class was trimmed. One thread changes it. What it has changed it writes behind what was there, in an
/// array that others read without a lock: a <see cref="View"/> of it stays as it was. A look-up holds a lock for as long as a dictionary takes.
/// </summary>
internal sealed class TrimmedTopics
{
    private readonly Lock _gate = new();

    // Guarded by the lock.
    private readonly Dictionary<Topic, Remembered> _open = [];
    private readonly Dictionary<Topic, Remembered> _hidden = [];
    private long _forgotten;

    // Touched by the one thread only; rising by position, and what was overtaken stays until the array is full.
    private Item[] _items = new Item[16];
    private int _start;
    private int _end;

    /// <summary>How many are remembered.</summary>
    public int Count { get; private set; }

    /// <summary>The text that they hold, in characters.</summary>
    public long Characters { get; private set; }

    /// <summary>The topics as they stand.</summary>
    public View Now => new(this, _items, _start, _end, _forgotten);

    /// <summary>Notes that an event of a topic was trimmed.</summary>
    /// <param name="trimmed">What is to be remembered, and then what is.</param>
    /// <returns>What was remembered of the topic till now; the default value where nothing was.</returns>
    public TrimmedTopic Add(ref TrimmedTopic trimmed)
    {
        if (_end == _items.Length) Grow();

        // Positions rise, but where the classes were others before: then the higher one is told, never a lower.
        if (_end > _start && _items[_end - 1].Position > trimmed.Position) trimmed = trimmed with { Position = _items[_end - 1].Position };
        var before = default(TrimmedTopic);
        Remembered? remembered;
        lock (_gate)
        {
            var byTopic = OfKind(trimmed.IsPrivate);
            if (byTopic.TryGetValue(trimmed.Topic, out remembered))
            {
                before = trimmed with { Position = remembered.Position, Id = remembered.Id };
                Characters -= before.Id.Value.Length;
            }
            else
            {
                remembered = new Remembered(trimmed.Topic, trimmed.IsPrivate);
                byTopic.Add(trimmed.Topic, remembered);
                Count++;
                Characters += trimmed.Topic.Value.Length;
            }

            (remembered.Position, remembered.Id) = (trimmed.Position, trimmed.Id);
        }

        Characters += trimmed.Id.Value.Length;
        _items[_end++] = new Item(remembered, trimmed.Position, trimmed.Id);
        return before;
    }

    /// <summary>Forgets the topic with the lowest position; there must be one.</summary>
    public TrimmedTopic ForgetLowest()
    {
        while (!_items[_start].IsRemembered) _start++;
        var lowest = _items[_start++].Trimmed;
        lock (_gate)
        {
            _forgotten++;
            OfKind(lowest.IsPrivate).Remove(lowest.Topic, out var forgotten);
            forgotten!.Position = Remembered.NoPosition;
        }

        Count--;
        Characters -= lowest.Topic.Value.Length + lowest.Id.Value.Length;
        return lowest;
    }

    /// <summary>Those that are remembered, in the order of positions.</summary>
    public IEnumerable<TrimmedTopic> All()
    {
        for (var i = _start; i < _end; i++)
        {
            if (_items[i].IsRemembered) yield return _items[i].Trimmed;
        }
    }

    /// <summary>Forgets everything. Views stay as they are.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _forgotten++;
            _open.Clear();
            _hidden.Clear();
        }

        (_items, _start, _end, Count, Characters) = (new Item[16], 0, 0, 0, 0);
    }

    private Dictionary<Topic, Remembered> OfKind(bool isPrivate) => isPrivate ? _hidden : _open;

    // The array is never written over: views read the one that they have.
    private void Grow()
    {
        var remembered = 0;
        for (var i = _start; i < _end; i++) remembered += _items[i].IsRemembered ? 1 : 0;
        var grown = new Item[Math.Max(16, remembered * 2)];
        var end = 0;
        for (var i = _start; i < _end; i++)
        {
            if (_items[i].IsRemembered) grown[end++] = _items[i];
        }

        (_items, _start, _end) = (grown, 0, end);
    }

    // What every trimmed event of a topic finds with one look-up.
    internal sealed class Remembered(Topic topic, bool isPrivate)
    {
        public const long NoPosition = -1;

        public Topic Topic => topic;

        public bool IsPrivate => isPrivate;

        public long Position { get; set; }

        public EventId Id { get; set; }
    }

    internal readonly record struct Item(Remembered Of, long Position, EventId Id)
    {
        public TrimmedTopic Trimmed => new(Of.Topic, Of.IsPrivate, Position, Id);

        /// <summary>Whether nothing newer is remembered of the topic, nor was it forgotten. For the one thread.</summary>
        public bool IsRemembered => Of.Position == Position;
    }

    /// <summary>The topics as they stood at a moment.</summary>
    internal readonly struct View(TrimmedTopics topics, Item[] items, int start, int end, long forgotten) : IEquatable<View>
    {
        private readonly TrimmedTopics _topics = topics;
        private readonly Item[] _items = items;
        private readonly int _start = start;
        private readonly int _end = end;
        private readonly long _forgotten = forgotten;

        /// <summary>Up to where a topic was trimmed; null where nothing is remembered.</summary>
        /// <param name="topic">The topic.</param>
        /// <param name="isPrivate">Whether its private events are meant.</param>
        /// <param name="through">Up to where the class was trimmed at the moment.</param>
        public long? Find(Topic topic, bool isPrivate, long through)
        {
            if (_end == _start) return null;
            lock (_topics._gate)
            {
                if (_topics.OfKind(isPrivate).TryGetValue(topic, out var remembered))
                {
                    if (remembered.Position <= through) return remembered.Position;
                }
                else if (_topics._forgotten == _forgotten)
                {
                    return null;
                }
            }

            // Trimmed further, or forgotten, since the moment.
            for (var i = _end - 1; i >= _start; i--)
            {
                if (_items[i].Of.IsPrivate == isPrivate && _items[i].Of.Topic == topic) return _items[i].Position;
            }

            return null;
        }

        /// <summary>Up to where topics that some matchers mean were trimmed, of events for everybody and of private ones; 0 for none.</summary>
        /// <param name="matchers">What is meant.</param>
        /// <param name="from">Nothing lower is looked at.</param>
        public (long Open, long Hidden) Newest(MatcherSet matchers, long from)
        {
            long open = 0;
            long hidden = 0;
            for (var i = _end - 1; i >= _start && (open == 0 || hidden == 0); i--)
            {
                ref readonly var item = ref _items[i];
                if (item.Position < from) break;
                if ((item.Of.IsPrivate ? hidden : open) > 0 || !matchers.Matches(item.Of.Topic)) continue;
                if (item.Of.IsPrivate) hidden = item.Position;
                else open = item.Position;
            }

            return (open, hidden);
        }

        public bool Equals(View other) => ReferenceEquals(_items, other._items) && _start == other._start && _end == other._end;

        public override bool Equals(object? obj) => obj is View other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(_start, _end);
    }
}
