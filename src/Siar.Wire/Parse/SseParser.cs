namespace Siar.Wire;

/// <summary>
/// Reads a <c>text/event-stream</c> (HTML Standard, sections 9.2.5 and 9.2.6) as its bytes arrive, in pieces of any size, and reports to a
/// handler. Everything is reported with the byte that completes it: a CR ends its line without waiting for an LF. How the bytes were cut
/// changes nothing. Allocates nothing per event; its buffers grow to the longest line and event that came in pieces, within the options'
/// limits. Not for use from several threads at once.
/// </summary>
public sealed class SseParser
{
    private readonly SseBlock _block;
    private readonly int _maxLineBytes;
    private ByteBuffer _line;
    private int _byteOrderMarkBytes;
    private bool _skipsLineFeed;
    private bool _isFeeding;
    private bool _hasFailed;

    /// <summary>Makes a parser at the start of a stream.</summary>
    /// <param name="handler">What it reports to.</param>
    /// <param name="options">Its limits; <see cref="SseParserOptions.Default"/> when null.</param>
    public SseParser(ISseHandler handler, SseParserOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        options ??= SseParserOptions.Default;
        _block = new SseBlock(handler, options);
        _maxLineBytes = options.MaxLineBytes;
    }

    /// <summary>
    /// The last event id, for the <c>Last-Event-ID</c> header of the next request (which goes without the header when this is empty). It
    /// changes only at a blank line, never with a block that was cut off. The bytes are borrowed until the next call to the parser; they are
    /// raw, so decode them before they are sent on.
    /// </summary>
    public ReadOnlySpan<byte> LastEventId => _block.LastEventId;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>Takes the next bytes of the stream and reports what they complete.</summary>
    /// <exception cref="SseLimitException">The stream goes over a limit.</exception>
    /// <exception cref="InvalidOperationException">
    /// Called from the handler; or after an exception, when <see cref="EndOfStream"/> or <see cref="Reset"/> comes first.
    /// </exception>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        RequireNotFeeding();
        if (_hasFailed) throw new InvalidOperationException("An exception has left the parser inside a block: call EndOfStream or Reset before feeding it again.");
        _isFeeding = true;
        _hasFailed = true;
        try
        {
            FeedLines(bytes);
            _hasFailed = false;
        }
        finally
        {
            _isFeeding = false;
        }
    }

    /// <summary>
    /// The connection has ended: discards the unfinished line and block, its id and type too, and makes ready for the next connection. The last
    /// event id stays. The buffers go back to the shared pool.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called from the handler.</exception>
    public void EndOfStream()
    {
        RequireNotFeeding();
        _line.Free();
        _byteOrderMarkBytes = 0;
        _skipsLineFeed = false;
        _hasFailed = false;
        _block.Discard();
    }

    /// <summary>Begins anew, with another last event id.</summary>
    /// <param name="lastEventId">The id that the first request carries; empty, the default, for none.</param>
    /// <exception cref="InvalidOperationException">Called from the handler.</exception>
    public void Reset(ReadOnlySpan<byte> lastEventId = default)
    {
        EndOfStream();
        _block.LastEventId = lastEventId;
    }

    private void FeedLines(ReadOnlySpan<byte> bytes)
    {
        if (_byteOrderMarkBytes < ByteOrderMark.Length) bytes = SkipByteOrderMark(bytes);
        if (_skipsLineFeed) bytes = AfterReturn(bytes);
        var parts = _block.Resume();
        while (!bytes.IsEmpty)
        {
            // Every second line or so is blank: no search is needed to find the end of that.
            var end = bytes[0] is (byte)'\n' or (byte)'\r' ? 0 : LineBreak.IndexIn(bytes);
            if (end < 0) break;
            var line = _line.Length == 0 && end <= _maxLineBytes ? bytes[..end] : CompleteLine(bytes[..end]);
            var isReturn = bytes[end] == '\r';
            bytes = bytes[(end + 1)..];
            if (isReturn) bytes = AfterReturn(bytes);
            _block.AddLine(line, ref parts);
        }

        // The block's parts may lie in the line's buffer, so they are kept before the buffer is used again.
        _block.Suspend(parts);
        RequireLine(bytes.Length);
        if (!bytes.IsEmpty) _line.Append(bytes);
    }

    private void RequireNotFeeding()
    {
        if (_isFeeding) throw new InvalidOperationException("The parser was called from its own handler: the bytes it is reading would go from under it.");
    }

    private ReadOnlySpan<byte> CompleteLine(ReadOnlySpan<byte> tail)
    {
        RequireLine(tail.Length);
        _line.Append(tail);
        var line = _line.Span;
        _line.Clear();
        return line;
    }

    private void RequireLine(int more)
    {
        if ((long)_line.Length + more > _maxLineBytes) throw new SseLimitException(SseLimit.LineTooLong, _maxLineBytes);
    }

    /// <summary>A CR has ended its line at once; an LF that follows it, now or in the next piece, belongs to it.</summary>
    private ReadOnlySpan<byte> AfterReturn(ReadOnlySpan<byte> bytes)
    {
        _skipsLineFeed = bytes.IsEmpty;
        return !bytes.IsEmpty && bytes[0] == '\n' ? bytes[1..] : bytes;
    }

    /// <summary>One byte order mark at the start of the stream is taken away, also when it comes in pieces; a second one is text.</summary>
    private ReadOnlySpan<byte> SkipByteOrderMark(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _byteOrderMarkBytes < ByteOrderMark.Length)
        {
            if (bytes[0] != ByteOrderMark[_byteOrderMarkBytes])
            {
                // It was the beginning of something else, which belongs to the first line.
                _line.Append(ByteOrderMark[.._byteOrderMarkBytes]);
                _byteOrderMarkBytes = ByteOrderMark.Length;
                return bytes;
            }

            _byteOrderMarkBytes++;
            bytes = bytes[1..];
        }

        return bytes;
    }
}
