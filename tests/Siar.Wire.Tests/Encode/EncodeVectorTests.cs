using System.Text.Json;

namespace Siar.Wire.Tests.Encode;

public sealed class EncodeVectorTests
{
    public static TheoryData<string, string> All => VectorFile.Names("encode");

    [Theory]
    [MemberData(nameof(All))]
    public void The_bytes_are_exactly_those_of_the_vector(string file, string name)
    {
        var vector = VectorFile.Find("encode", file, name);
        var expected = vector.Bytes("bytes")!;

        Encoded(vector).ShouldBe(expected);
        if (vector.Bytes("chunk") is not { } chunk) return;
        var buffer = new byte[HttpChunk.Measure(expected.Length)];
        HttpChunk.Write(expected, buffer).ShouldBe(buffer.Length);
        buffer.ShouldBe(chunk);
        if (vector.TryGetProperty("event", out var e)) EncodedAsChunk(e).ShouldBe(chunk);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_buffer_that_is_one_byte_short_is_refused_and_stays_untouched(string file, string name)
    {
        var vector = VectorFile.Find("encode", file, name);
        var buffer = Enumerable.Repeat((byte)0xEE, vector.Bytes("bytes")!.Length - 1).ToArray();

        Should.Throw<ArgumentException>(() => Write(vector, buffer)).Message.ShouldContain("measure first");
        buffer.ShouldAllBe(b => b == 0xEE);
    }

    private static byte[] Encoded(JsonElement vector)
    {
        var buffer = new byte[Measure(vector)];
        Write(vector, buffer).ShouldBe(buffer.Length);
        return buffer;
    }

    private static byte[] EncodedAsChunk(JsonElement e)
    {
        var made = Event(e);
        var buffer = new byte[HttpChunk.Measure(SseEncoder.MeasureEvent(made))];
        HttpChunk.WriteEvent(made, buffer, out var offset, out var length).ShouldBe(buffer.Length);
        var payload = new byte[length];
        SseEncoder.WriteEvent(made, payload);
        buffer.AsSpan(offset, length).ToArray().ShouldBe(payload);
        return buffer;
    }

    private static int Measure(JsonElement vector)
    {
        if (vector.TryGetProperty("event", out var e)) return SseEncoder.MeasureEvent(Event(e));
        if (vector.Bytes("comment") is { } comment) return SseComment.Measure(comment);
        if (vector.Number("retryOnly") is { } retry) return SseEncoder.MeasureRetry(retry);
        return SseEncoder.MeasureIdOnly(EventId.Parse(vector.Text("idOnly")!));
    }

    private static int Write(JsonElement vector, Span<byte> buffer)
    {
        if (vector.TryGetProperty("event", out var e)) return SseEncoder.WriteEvent(Event(e), buffer);
        if (vector.Bytes("comment") is { } comment) return SseComment.Write(comment, buffer);
        if (vector.Number("retryOnly") is { } retry) return SseEncoder.WriteRetry(retry, buffer);
        return SseEncoder.WriteIdOnly(EventId.Parse(vector.Text("idOnly")!), buffer);
    }

    private static SseEvent Event(JsonElement e) => new()
    {
        Type = e.Text("type") is { } type ? EventType.Parse(type) : default,
        Id = e.Text("id") is { } id ? EventId.Parse(id) : default,
        RetryMilliseconds = e.Number("retry"),
        Data = e.Bytes("data"),
    };
}
