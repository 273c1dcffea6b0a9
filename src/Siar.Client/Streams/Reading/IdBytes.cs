using System.Text;
using Siar.Wire;

namespace Siar.Client;

/// <summary>A last event id as it came over the wire. The bytes are never overwritten, so it may be kept.</summary>
internal readonly struct IdBytes(byte[] bytes, int start, int length)
{
    public ReadOnlySpan<byte> Span => bytes.AsSpan(start, length);

    public bool IsEmpty => length == 0;

    public static IdBytes Of(string? text)
    {
        if (string.IsNullOrEmpty(text)) return default;
        var bytes = Encoding.UTF8.GetBytes(text);
        return new IdBytes(bytes, 0, bytes.Length);
    }

    public override string ToString() => length == 0 ? "" : SseText.Decode(Span);
}
