using System.Buffers.Text;
using System.Text;

namespace Siar.Wire;

/// <summary>Measures and writes the lines of one field: its name, the value, a line feed, and the same again for every further line of the value.</summary>
internal static class FieldLines
{
    public static ReadOnlySpan<byte> Event => "event: "u8;

    public static ReadOnlySpan<byte> Retry => "retry: "u8;

    public static ReadOnlySpan<byte> Id => "id: "u8;

    public static ReadOnlySpan<byte> Data => "data: "u8;

    /// <summary>A comment has no name: it is a line that begins with a colon, and every byte after it belongs to the comment.</summary>
    public static ReadOnlySpan<byte> Comment => ":"u8;

    /// <summary>The bytes that a value of one line takes.</summary>
    public static long Measure(ReadOnlySpan<byte> name, string value) => name.Length + (long)Encoding.UTF8.GetByteCount(value) + 1;

    /// <summary>The bytes that a number, zero or more, takes.</summary>
    public static int Measure(ReadOnlySpan<byte> name, int value)
    {
        var digits = 1;
        while ((value /= 10) > 0) digits++;
        return name.Length + digits + 1;
    }

    /// <summary>The bytes that a value of any number of lines takes.</summary>
    public static long Measure(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // Counting is vectorised, and most data is one line, so three counts cost less than finding each break.
        var feeds = value.Count((byte)'\n');
        var returns = value.Count((byte)'\r');
        var pairs = feeds > 0 && returns > 0 ? value.Count("\r\n"u8) : 0;
        var lines = 1L + feeds + returns - pairs;
        return value.Length - feeds - returns + lines * (name.Length + 1);
    }

    /// <summary>Writes a value of one line and returns what is left of the buffer.</summary>
    public static Span<byte> Write(ReadOnlySpan<byte> name, string value, Span<byte> rest)
    {
        name.CopyTo(rest);
        rest = rest[name.Length..];
        rest = rest[Encoding.UTF8.GetBytes(value, rest)..];
        rest[0] = (byte)'\n';
        return rest[1..];
    }

    /// <summary>Writes a number and returns what is left of the buffer.</summary>
    public static Span<byte> Write(ReadOnlySpan<byte> name, int value, Span<byte> rest)
    {
        name.CopyTo(rest);
        rest = rest[name.Length..];
        Utf8Formatter.TryFormat(value, rest, out var digits);
        rest[digits] = (byte)'\n';
        return rest[(digits + 1)..];
    }

    /// <summary>Writes a value of any number of lines and returns what is left of the buffer.</summary>
    public static Span<byte> Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, Span<byte> rest)
    {
        while (true)
        {
            // HTML Standard, section 9.2.5: a line ends with CRLF, LF or CR, whichever comes first.
            var end = LineBreak.IndexIn(value);
            var line = end < 0 ? value : value[..end];
            name.CopyTo(rest);
            rest = rest[name.Length..];
            line.CopyTo(rest);
            rest[line.Length] = (byte)'\n';
            rest = rest[(line.Length + 1)..];
            if (end < 0) return rest;
            var isPair = value[end] == '\r' && end + 1 < value.Length && value[end + 1] == '\n';
            value = value[(end + (isPair ? 2 : 1))..];
        }
    }

    /// <summary>Refuses a buffer that is too small before a byte of it is touched.</summary>
    public static void RequireRoom(long length, Span<byte> destination, string parameter)
    {
        if (destination.Length < length)
            throw new ArgumentException($"The buffer has {destination.Length} bytes and {length} are needed: measure first.", parameter);
    }
}
