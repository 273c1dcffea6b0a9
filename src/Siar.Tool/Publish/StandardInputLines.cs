using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Siar.Tool;

/// <summary>Reads the lines of standard input as they come.</summary>
internal sealed class StandardInputLines(Stream input)
{
    private const int MaxLineBytes = 16 << 20;

    private long _count;

    /// <summary>How many lines there were.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The lines, as UTF-8 without their ends.</summary>
    /// <exception cref="FormatException">A line cannot be an event's data.</exception>
    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(input);
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                yield return Line(buffer.Slice(0, end));
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (buffer.Length > MaxLineBytes) throw new FormatException($"line {Count + 1} is longer than {MaxLineBytes} bytes.");
            // The last line need not have an end.
            if (read.IsCompleted && !buffer.IsEmpty) yield return Line(buffer);
            if (read.IsCompleted) yield break;
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private byte[] Line(ReadOnlySequence<byte> bytes)
    {
        Interlocked.Increment(ref _count);
        var line = bytes.ToArray();
        // Some shells begin what they pipe with a byte order mark.
        if (Count == 1 && line.AsSpan().StartsWith(Encoding.UTF8.Preamble)) line = line[Encoding.UTF8.Preamble.Length..];
        if (line.AsSpan().EndsWith("\r"u8)) line = line[..^1];
        return Utf8.IsValid(line) ? line : throw new FormatException($"line {Count} is not UTF-8 text, which is all that an event can carry.");
    }
}
