using System.Buffers.Text;
using System.Text;

namespace Siar.Tool;

/// <summary>What the load is made of: <c>SEQUENCE TICKS xxx…</c>, the number of the event on its topic and when it was to be sent.</summary>
internal static class BenchPayload
{
    /// <summary>The shortest that holds both numbers.</summary>
    public const int MinBytes = 16;

    public static string Make(long sequence, long ticks, int bytes)
    {
        var head = $"{sequence} {ticks:x} ";
        return head.Length >= bytes ? head : head + new string('x', bytes - head.Length);
    }

    public static bool TryRead(ReadOnlySpan<byte> data, out long sequence, out long ticks)
    {
        ticks = 0;
        return Utf8Parser.TryParse(data, out sequence, out var used) && data.Length > used
            && Utf8Parser.TryParse(data[(used + 1)..], out ticks, out _, 'x');
    }

    /// <summary>Puts the payload where the template says; the payload alone where there is none.</summary>
    public static byte[] Fill(string? template, string payload, string topic) =>
        Encoding.UTF8.GetBytes(template?.Replace("{data}", payload).Replace("{topic}", topic) ?? payload);
}
