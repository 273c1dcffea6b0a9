using System.Buffers.Text;
using System.Numerics;

namespace Siar.Wire;

/// <summary>
/// The HTTP/1.1 chunked form of a payload (RFC 9112, section 7.1): its length in hexadecimal, CRLF, the payload, CRLF. An event is put into
/// it once, when it is encoded; a reader on a bare socket gets the whole, one behind a server that does its own framing only the payload.
/// Allocates nothing; may be used from any thread.
/// </summary>
public static class HttpChunk
{
    /// <summary>What follows the payload.</summary>
    public static ReadOnlySpan<byte> Suffix => "\r\n"u8;

    /// <summary>The last chunk, without trailer fields: it ends the response.</summary>
    public static ReadOnlySpan<byte> Last => "0\r\n\r\n"u8;

    /// <summary>The bytes before a payload of this length, 3 to 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive: an empty chunk would end the response.</exception>
    public static int MeasurePrefix(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(payloadLength);
        return BitOperations.Log2((uint)payloadLength) / 4 + 1 + Suffix.Length;
    }

    /// <summary>The bytes of the whole chunk of a payload of this length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive: an empty chunk would end the response.</exception>
    /// <exception cref="OverflowException">The chunk would be longer than 2 GiB.</exception>
    public static int Measure(int payloadLength) => checked(MeasurePrefix(payloadLength) + payloadLength + Suffix.Length);

    /// <summary>Writes the bytes before a payload.</summary>
    /// <returns>The number of bytes written, which is where the payload begins.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive: an empty chunk would end the response.</exception>
    /// <exception cref="ArgumentException">The buffer is too small; nothing was written.</exception>
    public static int WritePrefix(int payloadLength, Span<byte> destination)
    {
        var length = MeasurePrefix(payloadLength);
        FieldLines.RequireRoom(length, destination, nameof(destination));
        Utf8Formatter.TryFormat(payloadLength, destination, out var digits, 'X');
        Suffix.CopyTo(destination[digits..]);
        return length;
    }

    /// <summary>Writes a payload as one chunk: a comment or a block that was made beforehand.</summary>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">The payload is empty, which would end the response, or the buffer is too small; nothing was written.</exception>
    public static int Write(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        var length = Measure(payload.Length);
        FieldLines.RequireRoom(length, destination, nameof(destination));
        var offset = WritePrefix(payload.Length, destination);
        payload.CopyTo(destination[offset..]);
        Suffix.CopyTo(destination[(offset + payload.Length)..]);
        return length;
    }

    /// <summary>Encodes an event as one chunk.</summary>
    /// <param name="e">The event.</param>
    /// <param name="destination">Where to write; <see cref="Measure"/> of <see cref="SseEncoder.MeasureEvent"/> says how much it takes.</param>
    /// <param name="payloadOffset">Where the event's own bytes begin in the buffer.</param>
    /// <param name="payloadLength">How many they are.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">The event is too long, or the buffer too small; nothing was written.</exception>
    public static int WriteEvent(in SseEvent e, Span<byte> destination, out int payloadOffset, out int payloadLength)
    {
        payloadLength = SseEncoder.MeasureEvent(e);
        var length = Measure(payloadLength);
        FieldLines.RequireRoom(length, destination, nameof(destination));
        payloadOffset = WritePrefix(payloadLength, destination);
        SseEncoder.WriteMeasured(e, destination[payloadOffset..]);
        Suffix.CopyTo(destination[(payloadOffset + payloadLength)..]);
        return length;
    }
}
