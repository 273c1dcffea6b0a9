using System.Text;
using Siar.Wire;

namespace Siar.Client;

/// <summary>A last event id as it came over the wire. The bytes are never overwritten, so it may be kept.</summary>
internal readonly struct IdBytes(byte[]? bytes, int start, int length)
{
    private readonly byte[]? _bytes = bytes;
    private readonly int _start = start;
    private readonly int _length = length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, _length);

    public bool IsEmpty => _length == 0;

    /// <summary>Whether it is the very same id, not only an equal one: then there is nothing to copy.</summary>
    public bool Is(in IdBytes other) => ReferenceEquals(_bytes, other._bytes) && _start == other._start && _length == other._length;

    public static IdBytes Of(string? text)
    {
        if (string.IsNullOrEmpty(text)) return default;
        var bytes = Encoding.UTF8.GetBytes(text);
        return new IdBytes(bytes, 0, bytes.Length);
    }

    public override string ToString() => _length == 0 ? "" : SseText.Decode(Span);
}
