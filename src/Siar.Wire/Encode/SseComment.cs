namespace Siar.Wire;

/// <summary>
/// Writes comments: lines that begin with a colon and that a reader's application never sees. A comment keeps a quiet connection alive and
/// makes the first byte of a response go out. No blank line follows, so a comment may stand anywhere between two lines of a stream.
/// Allocates nothing; may be used from any thread.
/// </summary>
public static class SseComment
{
    /// <summary>The empty comment, <c>:</c> and a line feed.</summary>
    public static ReadOnlySpan<byte> Empty => ":\n"u8;

    /// <summary>The exact number of bytes that <see cref="Write"/> writes.</summary>
    /// <param name="text">UTF-8 text.</param>
    /// <exception cref="ArgumentException">The comment would be longer than an array can be.</exception>
    public static int Measure(ReadOnlySpan<byte> text)
    {
        var length = FieldLines.Measure(FieldLines.Comment, text);
        return length <= Array.MaxLength
            ? (int)length
            : throw new ArgumentException($"The comment takes {length} bytes on the wire: the most that fits in one buffer is {Array.MaxLength}.", nameof(text));
    }

    /// <summary>Writes a comment; text of several lines becomes several comments, so no text can get out of its comment.</summary>
    /// <param name="text">UTF-8 text. Nothing is put between the colon and the text.</param>
    /// <param name="destination">Where to write.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">The buffer is too small; nothing was written.</exception>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var length = Measure(text);
        FieldLines.RequireRoom(length, destination, nameof(destination));
        FieldLines.Write(FieldLines.Comment, text, destination);
        return length;
    }
}
