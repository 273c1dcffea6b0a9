using Siar.Wire;

namespace Siar.Bench.Micro.Wire;

/// <summary>One event of each shape, and a stream of many.</summary>
internal static class SampleEvents
{
    public static SseEvent Make(EventShape shape) => shape switch
    {
        EventShape.Token => new SseEvent { Data = "{\"t\":\"and\"}"u8 },
        EventShape.Small => new SseEvent { Type = EventType.Parse("price"), Id = EventId.Parse("3fa1-000000012345"), Data = Text(100) },
        EventShape.Lines => new SseEvent { Id = EventId.Parse("3fa1-000000012345"), Data = Lines(20, 60) },
        _ => new SseEvent { Id = EventId.Parse("3fa1-000000012345"), Data = Text(64 << 10) },
    };

    /// <summary>How many events the stream holds: about a mebibyte of them.</summary>
    public static int CountOf(EventShape shape) => (1 << 20) / SseEncoder.MeasureEvent(Make(shape));

    public static byte[] Stream(EventShape shape)
    {
        var e = Make(shape);
        var length = SseEncoder.MeasureEvent(e);
        var stream = new byte[length * CountOf(shape)];
        for (var at = 0; at < stream.Length; at += length) SseEncoder.WriteEvent(e, stream.AsSpan(at));
        return stream;
    }

    private static byte[] Text(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)('a' + i % 26))];

    private static byte[] Lines(int count, int length) => [.. Enumerable.Repeat(Text(length).Append((byte)'\n'), count).SelectMany(l => l).SkipLast(1)];
}
