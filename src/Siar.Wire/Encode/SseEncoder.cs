namespace Siar.Wire;

/// <summary>
/// Writes events in the <c>text/event-stream</c> format (HTML Standard, section 9.2.5) into a caller's buffer, byte for byte in Mercure's
/// order: <c>event</c>, <c>retry</c>, <c>id</c>, one <c>data</c> line for each line of the data, a blank line. Allocates nothing and keeps no
/// state, so it may be used from any thread. Measure, take a buffer of that length, write.
/// </summary>
public static class SseEncoder
{
    /// <summary>The exact number of bytes that <see cref="WriteEvent"/> writes.</summary>
    /// <exception cref="ArgumentException">The event would be longer than an array can be.</exception>
    public static int MeasureEvent(in SseEvent e)
    {
        var length = 1 + FieldLines.Measure(FieldLines.Data, e.Data);
        if (!e.Type.IsNone) length += FieldLines.Measure(FieldLines.Event, e.Type.Value);
        if (e.RetryMilliseconds is { } retry) length += FieldLines.Measure(FieldLines.Retry, retry);
        if (!e.Id.IsNone) length += FieldLines.Measure(FieldLines.Id, e.Id.Value);
        return length <= Array.MaxLength
            ? (int)length
            : throw new ArgumentException($"The event takes {length} bytes on the wire: the most that fits in one buffer is {Array.MaxLength}.", nameof(e));
    }

    /// <summary>Writes one event.</summary>
    /// <returns>The number of bytes written, the same as <see cref="MeasureEvent"/> says.</returns>
    /// <exception cref="ArgumentException">The buffer is too small; nothing was written.</exception>
    public static int WriteEvent(in SseEvent e, Span<byte> destination)
    {
        var length = MeasureEvent(e);
        FieldLines.RequireRoom(length, destination, nameof(destination));
        WriteMeasured(e, destination);
        return length;
    }

    /// <summary>The exact number of bytes that <see cref="WriteIdOnly"/> writes.</summary>
    public static int MeasureIdOnly(EventId id) => checked((int)FieldLines.Measure(FieldLines.Id, id.Value) + 1);

    /// <summary>
    /// Writes a block that has only an <c>id</c>: it moves the reader's last event id and makes no event (HTML Standard, section 9.2.6:
    /// a block without data sets the last event id and returns).
    /// </summary>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">The id is none, or the buffer is too small; nothing was written.</exception>
    public static int WriteIdOnly(EventId id, Span<byte> destination)
    {
        if (id.IsNone) throw new ArgumentException("There is no id: a block without one would make the reader forget its last event id.", nameof(id));
        var length = MeasureIdOnly(id);
        FieldLines.RequireRoom(length, destination, nameof(destination));
        var rest = FieldLines.Write(FieldLines.Id, id.Value, destination);
        rest[0] = (byte)'\n';
        return length;
    }

    /// <summary>The exact number of bytes that <see cref="WriteRetry"/> writes.</summary>
    public static int MeasureRetry(int milliseconds) => FieldLines.Measure(FieldLines.Retry, milliseconds) + 1;

    /// <summary>Writes a block that has only a <c>retry</c>: it sets the reader's reconnection time and makes no event.</summary>
    /// <param name="milliseconds">The time to wait before reconnecting, from 0.</param>
    /// <param name="destination">Where to write.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="ArgumentException">The buffer is too small; nothing was written.</exception>
    public static int WriteRetry(int milliseconds, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds);
        var length = MeasureRetry(milliseconds);
        FieldLines.RequireRoom(length, destination, nameof(destination));
        var rest = FieldLines.Write(FieldLines.Retry, milliseconds, destination);
        rest[0] = (byte)'\n';
        return length;
    }

    /// <summary>Writes an event into a buffer that is known to hold it.</summary>
    internal static void WriteMeasured(in SseEvent e, Span<byte> rest)
    {
        if (!e.Type.IsNone) rest = FieldLines.Write(FieldLines.Event, e.Type.Value, rest);
        if (e.RetryMilliseconds is { } retry) rest = FieldLines.Write(FieldLines.Retry, retry, rest);
        if (!e.Id.IsNone) rest = FieldLines.Write(FieldLines.Id, e.Id.Value, rest);
        rest = FieldLines.Write(FieldLines.Data, e.Data, rest);
        rest[0] = (byte)'\n';
    }
}
