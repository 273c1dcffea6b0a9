using System.Runtime.CompilerServices;

namespace Siar.Wire;

/// <summary>Makes events of lines: the fields of one block until its blank line, and the last event id from block to block.</summary>
internal sealed class SseBlock(ISseHandler handler, SseParserOptions options)
{
    private ByteBuffer _type;
    private ByteBuffer _data;
    private ByteBuffer _id;
    private ByteBuffer _lastEventId;
    private bool _hasData;
    private bool _hasId;

    public ReadOnlySpan<byte> LastEventId
    {
        get => _lastEventId.Span;
        set
        {
            _lastEventId.Clear();
            _lastEventId.Append(value);
        }
    }

    /// <summary>
    /// The parts of the block as spans, so that an event whose lines arrive in one piece is reported where it lies and copied nowhere. They are
    /// taken up at the beginning of a piece and laid down in buffers at its end.
    /// </summary>
    public Parts Resume() => new() { Type = _type.Span, Data = _data.Span };

    /// <summary>Keeps what the unfinished block has so far.</summary>
    public void Suspend(Parts parts)
    {
        Keep(ref _type, parts.Type);
        Keep(ref _data, parts.Data);
    }

    /// <summary>Forgets the unfinished block. At the end of a stream its id goes too: its event was never delivered.</summary>
    public void Discard()
    {
        _type.Free();
        _data.Free();
        _hasData = false;
        _hasId = false;
    }

    /// <summary>Takes the next line, without its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddLine(ReadOnlySpan<byte> line, ref Parts parts)
    {
        if (line.IsEmpty) Dispatch(ref parts);
        else if (line.StartsWith("data:"u8)) AddData(WithoutSpace(line[5..]), ref parts);
        else AddField(line, ref parts);
    }

    private void AddField(ReadOnlySpan<byte> line, ref Parts parts)
    {
        if (line[0] == ':')
        {
            handler.OnComment(line[1..]);
            return;
        }

        // The first colon splits name and value; without one the whole line is the name. Names are exact, and unknown ones are ignored.
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? default : WithoutSpace(line[(colon + 1)..]);
        if (name.SequenceEqual("id"u8)) SetId(value);
        else if (name.SequenceEqual("event"u8)) parts.Type = value;
        else if (name.SequenceEqual("data"u8)) AddData(value, ref parts);
        else if (name.SequenceEqual("retry"u8)) SetRetry(value);
    }

    /// <summary>One space after the colon, and only a space, is not part of the value.</summary>
    private static ReadOnlySpan<byte> WithoutSpace(ReadOnlySpan<byte> value) => value.Length > 0 && value[0] == ' ' ? value[1..] : value;

    private void AddData(ReadOnlySpan<byte> value, ref Parts parts)
    {
        var length = _hasData ? (long)parts.Data.Length + 1 + value.Length : value.Length;
        if (length > options.MaxEventBytes) throw new SseLimitException(SseLimit.EventTooLong, options.MaxEventBytes);
        if (!_hasData)
        {
            _hasData = true;
            parts.Data = value;
            return;
        }

        Keep(ref _data, parts.Data);
        _data.AppendLine(value);
        parts.Data = _data.Span;
    }

    private void SetId(ReadOnlySpan<byte> value)
    {
        // An id with a NUL is ignored as a whole.
        if (value.Contains((byte)0)) return;
        if (value.Length > options.MaxIdBytes) throw new SseLimitException(SseLimit.IdTooLong, options.MaxIdBytes);
        _id.Clear();
        _id.Append(value);
        _hasId = true;
    }

    private void SetRetry(ReadOnlySpan<byte> value)
    {
        // ASCII digits only, base ten; anything else, nothing included, is ignored.
        if (value.IsEmpty || value.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return;
        var milliseconds = 0L;
        foreach (var digit in value) milliseconds = Math.Min(milliseconds * 10 + (digit - '0'), int.MaxValue);
        handler.OnRetry((int)milliseconds);
    }

    private void Dispatch(ref Parts parts)
    {
        // The last event id is set first, so a block without data moves the cursor too.
        var isIdSet = _hasId;
        if (isIdSet) (_lastEventId, _id) = (_id, _lastEventId);
        _hasId = false;
        var hasData = _hasData;
        _hasData = false;
        var block = parts;
        // The type is forgotten whether or not there is an event.
        parts = default;
        if (hasData) handler.OnEvent(new SseMessage(block.Type.IsEmpty ? "message"u8 : block.Type, block.Data, _lastEventId.Span));
        else if (isIdSet) handler.OnLastEventId(_lastEventId.Span);
    }

    private static void Keep(ref ByteBuffer buffer, ReadOnlySpan<byte> part)
    {
        if (part == buffer.Span) return;
        buffer.Clear();
        buffer.Append(part);
    }

    /// <summary>The type and the data so far, in the bytes they arrived in or in the block's own buffers.</summary>
    public ref struct Parts
    {
        public ReadOnlySpan<byte> Type;
        public ReadOnlySpan<byte> Data;
    }
}
