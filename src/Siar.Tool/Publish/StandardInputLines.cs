using System.Buffers;
using System.IO.Pipelines;
using System.Text.Unicode;
using System.Threading.Channels;

namespace Siar.Tool;

/// <summary>Reads lines ahead of whoever publishes them, up to a bound: then whoever writes them waits.</summary>
internal sealed class StandardInputLines(Stream input)
{
    private const int MaxWaiting = 1_000;
    private const int MaxLineBytes = 16 << 20;

    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true, SingleWriter = true });
    private long _count;

    /// <summary>The lines, as UTF-8 without their ends. It ends with a <see cref="FormatException"/> where a line cannot be an event's data.</summary>
    public ChannelReader<byte[]> Lines => _lines.Reader;

    /// <summary>Reads to the end, which is told through <see cref="Lines"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reader = PipeReader.Create(input);
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    await AddAsync(buffer.Slice(0, end), cancellationToken);
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                if (buffer.Length > MaxLineBytes) throw new FormatException($"line {_count + 1} is longer than {MaxLineBytes} bytes.");
                // The last line need not have an end.
                if (read.IsCompleted && !buffer.IsEmpty) await AddAsync(buffer, cancellationToken);
                if (read.IsCompleted) break;
                reader.AdvanceTo(buffer.Start, buffer.End);
            }

            _lines.Writer.Complete();
        }
        catch (Exception failure)
        {
            _lines.Writer.Complete(failure);
        }
    }

    private ValueTask AddAsync(ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        _count++;
        var line = bytes.ToArray();
        if (line.AsSpan().EndsWith("\r"u8)) line = line[..^1];
        if (!Utf8.IsValid(line)) throw new FormatException($"line {_count} is not UTF-8 text, which is all that an event can carry.");
        return _lines.Writer.WriteAsync(line, cancellationToken);
    }
}
