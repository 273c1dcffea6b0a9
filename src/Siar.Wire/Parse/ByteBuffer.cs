namespace Siar.Wire;

/// <summary>Bytes that outlive the span they came in: grows by doubling and keeps its array for the next use.</summary>
internal struct ByteBuffer
{
    private const int Smallest = 256;

    private byte[]? _bytes;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(Length + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Append(byte value)
    {
        Reserve(Length + 1);
        _bytes![Length++] = value;
    }

    private void Reserve(int length)
    {
        if (_bytes is not null && _bytes.Length >= length) return;
        var doubled = (int)Math.Min(Array.MaxLength, 2L * (_bytes?.Length ?? 0));
        Array.Resize(ref _bytes, Math.Max(Smallest, Math.Max(doubled, length)));
    }
}
