namespace Siar.Tool;

/// <summary>
/// Takes the framing off an HTTP/1.1 response as it comes, in place: the head, and the chunks where there are any. A mutable struct, so
/// that ten thousand readers cost ten thousand times a few words.
/// </summary>
internal struct HttpBodyDecoder
{
    private State _state;
    private bool _isChunked;
    private bool _isExtension;
    private int _matched;
    private long _left;
    private int _statusAt;
    private int _lineLength;
    private ulong _line;

    private enum State : byte
    {
        Head,
        Body,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Over,
    }

    /// <summary>The status, once the first line is read.</summary>
    public int Status { get; private set; }

    /// <summary>Whether the head has been read.</summary>
    public readonly bool HasHead => _state is not State.Head;

    /// <summary>Whether the body has ended in order.</summary>
    public readonly bool IsOver => _state is State.Over;

    /// <summary>Takes the next part of the body from the bytes, leaving the rest for the next call.</summary>
    /// <returns>False when the bytes are used up.</returns>
    public bool TryTake(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> body)
    {
        body = default;
        while (!bytes.IsEmpty)
        {
            switch (_state)
            {
                case State.Head:
                    TakeHead(ref bytes);
                    break;
                case State.Body:
                    body = bytes;
                    bytes = default;
                    return true;
                case State.ChunkSize:
                    TakeChunkSize(ref bytes);
                    break;
                case State.ChunkData:
                    var length = (int)Math.Min(_left, bytes.Length);
                    body = bytes[..length];
                    bytes = bytes[length..];
                    if ((_left -= length) == 0) _state = State.ChunkEnd;
                    return true;
                case State.ChunkEnd:
                    if (bytes[0] == '\n') _state = State.ChunkSize;
                    bytes = bytes[1..];
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    private void TakeHead(ref ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        foreach (var b in bytes)
        {
            taken++;
            ReadStatus(b);
            FindChunked(b);
            _matched = b == "\r\n\r\n"[_matched] ? _matched + 1 : b == '\r' ? 1 : 0;
            if (_matched < 4) continue;
            _state = _isChunked ? State.ChunkSize : State.Body;
            break;
        }

        bytes = bytes[taken..];
    }

    // "HTTP/1.1 200 OK": the three digits after the ninth byte.
    private void ReadStatus(byte b)
    {
        if (_statusAt is >= 9 and < 12) Status = (Status * 10) + (b - '0');
        if (_statusAt < 12) _statusAt++;
    }

    // The only header that matters ends in "chunked"; its last eight bytes are compared at the line's end.
    private void FindChunked(byte b)
    {
        if (b == '\n')
        {
            _isChunked |= _lineLength > 8 && (_line & 0x00FFFFFFFFFFFFFF) == 0x006368756E6B6564;
            _lineLength = 0;
            _line = 0;
        }
        else if (b != '\r')
        {
            _lineLength++;
            _line = (_line << 8) | (byte)(b | 0x20);
        }
    }

    private void TakeChunkSize(ref ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var b = bytes[0];
            bytes = bytes[1..];
            if (b == '\n')
            {
                _isExtension = false;
                _state = _left == 0 ? State.Over : State.ChunkData;
                return;
            }

            // RFC 9112, section 7.1.1: what an extension means is not known here, so it is left out.
            _isExtension |= b == ';';
            if (b == '\r' || _isExtension) continue;
            _left = (_left << 4) | (long)HexOf(b);
        }
    }

    private static int HexOf(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => throw new FormatException("The response's chunks cannot be read."),
    };
}
