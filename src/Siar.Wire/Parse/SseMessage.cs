namespace Siar.Wire;

/// <summary>
/// An event as a reader gets it. The bytes are raw, as they stood in the stream, and borrowed from the parser: they are valid only until the
/// handler returns. Decode what is needed, or copy it.
/// </summary>
public readonly ref struct SseMessage
{
    internal SseMessage(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data, ReadOnlySpan<byte> lastEventId)
    {
        Type = type;
        Data = data;
        LastEventId = lastEventId;
    }

    /// <summary>The event's type; <c>message</c> where the stream names none. Never empty.</summary>
    public ReadOnlySpan<byte> Type { get; }

    /// <summary>The data: its lines joined by LF, without the last line's end.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>The last event id as of this event: its own, or that of an earlier one when it has none; empty when there was none.</summary>
    public ReadOnlySpan<byte> LastEventId { get; }

    /// <summary>The type as text; allocates nothing for <c>message</c>.</summary>
    public string DecodeType() => Type.SequenceEqual("message"u8) ? "message" : SseText.Decode(Type);

    /// <summary>The data as text.</summary>
    public string DecodeData() => SseText.Decode(Data);

    /// <summary>The last event id as text.</summary>
    public string DecodeLastEventId() => SseText.Decode(LastEventId);
}
