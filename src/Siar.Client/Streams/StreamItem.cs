using System.Diagnostics.CodeAnalysis;

namespace Siar.Client;

/// <summary>
/// What a stream hands over: an event, or a signal of the hub such as a gap. Immutable; may be kept as long as one likes, and read from any
/// thread.
/// </summary>
/// <typeparam name="T">What the events' data is made into.</typeparam>
[SuppressMessage("Performance", "CA1815", Justification = "Two items are never compared: they would have to be decoded.")]
public readonly struct StreamItem<T>
{
    private readonly IdBytes _lastEventId;
    private readonly string? _type;
    private readonly object? _signal;

    internal StreamItem(StreamItemKind kind, IdBytes lastEventId, string type, T? data, object? signal = null)
    {
        Kind = kind;
        Data = data;
        _lastEventId = lastEventId;
        _type = type;
        _signal = signal;
    }

    /// <summary>What it is.</summary>
    public StreamItemKind Kind { get; }

    /// <summary>The event's type, <c>message</c> where the stream names none; of a signal its full name, such as <c>siar.gap</c>.</summary>
    public string Type => _type ?? "";

    /// <summary>The event's data; the type's default where the item is no event.</summary>
    public T? Data { get; }

    /// <summary>
    /// The last event id as of this item: its own, or that of an earlier one when it has none; empty when there was none. The text is made
    /// each time when it is asked for. A new subscription with it goes on after this item.
    /// </summary>
    public string LastEventId => _lastEventId.ToString();

    /// <summary>What is gone, where this is a <see cref="StreamItemKind.Gap"/>.</summary>
    public StreamGap? Gap => _signal as StreamGap;

    /// <summary>The data of a signal, as JSON text; null where the item is an event.</summary>
    public string? SignalJson => (_signal as StreamGap)?.Json ?? _signal as string;

    /// <summary>Whether it is an event, with <see cref="Data"/>.</summary>
    [MemberNotNullWhen(true, nameof(Data))]
    public bool IsEvent => Kind is StreamItemKind.Event;

    /// <summary>Whether it is a gap: events that were asked for are gone.</summary>
    [MemberNotNullWhen(true, nameof(Gap))]
    public bool IsGap => Kind is StreamItemKind.Gap;

    /// <summary>The last event id as bytes, for the cursor.</summary>
    internal IdBytes Id => _lastEventId;

    /// <summary>What stands in place of a signal's details where this is no item: a comment, or a failure.</summary>
    internal object? Note => _signal;

    /// <inheritdoc />
    public override string ToString() => IsEvent ? $"{Type}: {Data}" : $"{Type} {SignalJson}";
}
