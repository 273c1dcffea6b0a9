using System.Buffers.Text;
using System.Text;

namespace Siar.Tool;

/// <summary>
/// What the load is made of: <c>SLOT SEQUENCE TIME xxx…</c> in hexadecimal. The slot tells apart those that publish on one topic, the sequence
/// numbers the events of a slot, and the time is when the event was due, in microseconds of the machine's own clock since the run began.
/// </summary>
internal static class BenchPayload
{
    /// <summary>The shortest that holds the numbers of most runs; longer where they need it.</summary>
    public const int MinBytes = 16;

    /// <summary>Makes the data of an event.</summary>
    /// <param name="slot">Who publishes, of those on the topic.</param>
    /// <param name="sequence">The event's number.</param>
    /// <param name="microseconds">When it is due.</param>
    /// <param name="filling">What it is filled up with; as long as the event is to be.</param>
    public static string Make(int slot, long sequence, long microseconds, string filling)
    {
        var head = $"{slot:x} {sequence:x} {microseconds:x}";
        return head.Length >= filling.Length ? head : string.Concat(head, " ", filling.AsSpan(head.Length + 1));
    }

    /// <summary>What events are filled up with: nothing in particular, or JSON where it is to be compressed as events are.</summary>
    public static string Filling(int bytes, bool isJson)
    {
        var text = new StringBuilder(bytes);
        var random = new Random(1);
        while (isJson && text.Length < bytes)
        {
            text.Append($$"""{"order":{{random.Next(100_000)}},"customer":"{{random.Next(10_000):x}}","state":"{{(random.Next(3) == 0 ? "open" : "shipped")}}","price":{{random.Next(10_000) / 100.0}}},""");
        }

        return text.Append('x', Math.Max(0, bytes - text.Length)).ToString(0, bytes);
    }

    /// <summary>Reads the numbers of an event's data; false for an event that is not of the load.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out int slot, out long sequence, out long microseconds)
    {
        sequence = microseconds = 0;
        return Utf8Parser.TryParse(data, out slot, out var used, 'x') && TrySpace(ref data, used)
            && Utf8Parser.TryParse(data, out sequence, out used, 'x') && TrySpace(ref data, used)
            && Utf8Parser.TryParse(data, out microseconds, out used, 'x') && (used == data.Length || data[used] == ' ');
    }

    /// <summary>Puts the payload where the template says; the payload alone where there is none.</summary>
    public static byte[] Fill(string? template, string payload, string topic) =>
        Encoding.UTF8.GetBytes(template?.Replace("{data}", payload).Replace("{topic}", topic) ?? payload);

    private static bool TrySpace(ref ReadOnlySpan<byte> data, int used)
    {
        if (data.Length <= used || data[used] != ' ') return false;
        data = data[(used + 1)..];
        return true;
    }
}
