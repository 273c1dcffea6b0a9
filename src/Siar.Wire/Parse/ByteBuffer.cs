using System.Buffers;

namespace Siar.Wire;

/// <summary>
/// Bytes that outlive the span they came in: grows by doubling, keeps its array for the next use, and has it from the shared pool, so that
/// one stream after another of large events costs no new arrays. Whoever forgets to free it loses nothing but that.
/// </summary>
internal struct ByteBuffer
{
    private const int Smallest = 256;

    private byte[]? _bytes;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Gives the array back; no span of it may be used any more.</summary>
    public void Free()
    {
        if (_bytes is not null) ArrayPool<byte>.Shared.Return(_bytes);
        this = default;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(Length + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Appends a line feed and a line.</summary>
    public void AppendLine(ReadOnlySpan<byte> line)
    {
        Reserve(Length + 1 + line.Length);
        var rest = _bytes.AsSpan(Length);
        rest[0] = (byte)'\n';
        line.CopyTo(rest[1..]);
        Length += 1 + line.Length;
    }

    private void Reserve(int length)
    {
        if (_bytes is not null && _bytes.Length >= length) return;
        var doubled = (int)Math.Min(Array.MaxLength, 2L * (_bytes?.Length ?? 0));
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Smallest, Math.Max(doubled, length)));
        Span.CopyTo(larger);
        if (_bytes is not null) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
