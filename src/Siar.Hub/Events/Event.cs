using System.Collections.Immutable;
using System.Text;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// What a publisher sends: one canonical topic, perhaps alternates, and UTF-8 text. An event that exists is valid: it cannot break a
/// frame, and it cannot pass for one of the hub's own. Immutable; may be used from any thread.
/// </summary>
public sealed class Event
{
    private readonly EventId _id;
    private readonly EventType _type;
    private readonly int? _retryMilliseconds;

    /// <summary>Makes an event with one topic.</summary>
    /// <exception cref="ArgumentException">The topic is <c>*</c> or empty, or the data holds a lone surrogate.</exception>
    public Event(Topic topic, string data)
        : this([topic], EventRules.Encode(data))
    {
    }

    /// <summary>Makes an event from bytes that are already UTF-8.</summary>
    /// <param name="topics">At least one; the first is the canonical topic, the others are alternates. Repeats are left out.</param>
    /// <param name="data">UTF-8 text of any kind; it is kept, not copied, and must not change afterwards.</param>
    /// <exception cref="ArgumentException">There is no topic, one of them is <c>*</c> or empty, or the data is not UTF-8.</exception>
    public Event(ImmutableArray<Topic> topics, ReadOnlyMemory<byte> data)
    {
        Topics = WithoutRepeats(topics);
        Data = data;
        if ((EventRules.CheckTopics(topics) ?? EventRules.CheckData(data.Span)) is { } error) throw new ArgumentException(error);
    }

    private Event(ImmutableArray<Topic> topics, ReadOnlyMemory<byte> data, EventId id, EventType type, int? retryMilliseconds)
    {
        Topics = WithoutRepeats(topics);
        Data = data;
        _id = id;
        _type = type;
        _retryMilliseconds = retryMilliseconds;
    }

    /// <summary>The canonical topic, then the alternates.</summary>
    public ImmutableArray<Topic> Topics { get; }

    /// <summary>The text, as UTF-8.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The publisher's own id; the default value lets the hub make one.</summary>
    /// <exception cref="ArgumentException">
    /// The id has the form that only the hub gives out, begins or ends with a space or tab, or holds a control character: it would
    /// not lead its reader back to the event.
    /// </exception>
    public EventId Id
    {
        get => _id;
        init => _id = EventRules.CheckId(value) is { } error ? throw new ArgumentException(error) : value;
    }

    /// <summary>The event's type; the default value is <c>message</c> to a browser.</summary>
    /// <exception cref="ArgumentException">The type begins with <c>siar.</c>, which only the hub sends.</exception>
    public EventType Type
    {
        get => _type;
        init => _type = EventRules.CheckType(value) is { } error ? throw new ArgumentException(error) : value;
    }

    /// <summary>How long a reader waits before it reconnects, in milliseconds, from 0; null leaves the reader's own value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? RetryMilliseconds
    {
        get => _retryMilliseconds;
        init
        {
            if (value is { } milliseconds) ArgumentOutOfRangeException.ThrowIfNegative(milliseconds);
            _retryMilliseconds = value;
        }
    }

    /// <summary>Whether only subscribers with a grant on one of the topics get it. Default: false, everybody who asks does.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>What the event is the newest state of, within its canonical topic; null where it is not a state.</summary>
    public string? Key { get; init; }

    /// <summary>Whether it says that its topic is closed; see <see cref="Closing"/>.</summary>
    public bool IsClosing { get; private init; }

    /// <summary>Whether it says that comings and goings before it were left untold; see <see cref="PresencePause"/>.</summary>
    internal bool IsPresencePause { get; private init; }

    /// <summary>Whether hubs alone read it; see <see cref="Fact"/>.</summary>
    internal bool IsMemberFact { get; private init; }

    /// <summary>Whether it is one of the hub's own words on who is refused, which no reader gets.</summary>
    internal bool IsRevocation { get; private init; }

    /// <summary>What the event counts towards <see cref="RetentionLimits.MaxBytes"/>: bytes of data and characters of topics.</summary>
    public long RetainedBytes
    {
        get
        {
            long bytes = Data.Length;
            foreach (var topic in Topics) bytes += topic.Value.Length;
            return bytes;
        }
    }

    /// <summary>The data as a string.</summary>
    public string GetText() => Encoding.UTF8.GetString(Data.Span);

    private static ImmutableArray<Topic> WithoutRepeats(ImmutableArray<Topic> topics) =>
        topics.IsDefault || topics.Length < 2 ? topics : [.. topics.Distinct()];

    /// <summary>
    /// Makes an event again from what a log has kept of it. For logs alone: what was checked when the event was published is not checked
    /// again, and the hub's own reserved names pass.
    /// </summary>
    /// <param name="topics">As <see cref="Topics"/>.</param>
    /// <param name="data">As <see cref="Data"/>.</param>
    /// <param name="id">As <see cref="Id"/>.</param>
    /// <param name="type">As <see cref="Type"/>.</param>
    /// <param name="retryMilliseconds">As <see cref="RetryMilliseconds"/>.</param>
    /// <param name="isPrivate">As <see cref="IsPrivate"/>.</param>
    /// <param name="key">As <see cref="Key"/>.</param>
    public static Event Restore(
        ImmutableArray<Topic> topics, ReadOnlyMemory<byte> data, EventId id, EventType type, int? retryMilliseconds, bool isPrivate, string? key) =>
        new(topics, data, id, type, retryMilliseconds)
        {
            IsPrivate = isPrivate,
            Key = key,
            IsClosing = type == EventRules.ClosedType,
            IsPresencePause = type == EventRules.PresencePausedType,
            IsMemberFact = type == EventRules.MemberFactType,
            IsRevocation = type == EventRules.RevocationType,
        };

    /// <summary>Makes an event of what a stranger has sent, for endpoints: they refuse with a sentence and without an exception.</summary>
    /// <returns>The event; null where the last argument became a sentence for the publisher.</returns>
    internal static Event? TryMake(
        ImmutableArray<Topic> topics, ReadOnlyMemory<byte> data, EventId id, EventType type, int? retryMilliseconds, bool isPrivate, string? key, out string? error)
    {
        error = EventRules.CheckTopics(topics) ?? EventRules.CheckData(data.Span) ?? EventRules.CheckId(id) ?? EventRules.CheckType(type);
        return error is null ? new Event(topics, data, id, type, retryMilliseconds) { IsPrivate = isPrivate, Key = key } : null;
    }

    /// <summary>
    /// Makes the event that closes a topic. Published, it is the topic's last: whoever publishes there again is refused. Its readers get it
    /// as a signal, <c>siar.closed</c>, after all other events, and a stream of which every topic is closed ends.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="isPrivate">Whether only readers with a grant on the topic are told. Default: false.</param>
    /// <exception cref="ArgumentException">The topic is <c>*</c> or empty.</exception>
    public static Event Closing(Topic topic, bool isPrivate = false)
    {
        if (EventRules.CheckTopics([topic]) is { } error) throw new ArgumentException(error, nameof(topic));
        return new Event([topic], EventRules.ClosingData(topic), default, EventRules.ClosedType, null) { IsPrivate = isPrivate, IsClosing = true };
    }

    /// <summary>
    /// Makes the event that says that comings and goings before it were left untold. No reader gets it as an event: where one comes to it in the
    /// log, it is told a gap.
    /// </summary>
    /// <param name="topic">The topic of pauses.</param>
    /// <param name="data">What it says to other hubs, as JSON.</param>
    internal static Event PresencePause(Topic topic, ReadOnlyMemory<byte> data) =>
        new([topic], data, default, EventRules.PresencePausedType, null) { IsPrivate = true, IsPresencePause = true };

    /// <summary>Makes an event by which a hub tells the others something. No reader gets it.</summary>
    internal static Event Fact(Topic topic, ReadOnlyMemory<byte> data) =>
        new([topic], data, default, EventRules.MemberFactType, null) { IsPrivate = true, IsMemberFact = true };

    /// <summary>Makes a word on who is refused. Of one key the newest holds.</summary>
    internal static Event Revocation(Topic topic, ReadOnlyMemory<byte> data, string key) =>
        new([topic], data, default, EventRules.RevocationType, null) { IsPrivate = true, IsRevocation = true, Key = key };

    /// <summary>Makes one of the hub's own events, which are private and may use reserved names.</summary>
    internal static Event Reserved(ImmutableArray<Topic> topics, ReadOnlyMemory<byte> data, EventType type) =>
        new(topics, data, default, type, null) { IsPrivate = true };
}
