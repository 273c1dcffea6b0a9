using Siar.TestKit;

namespace Siar.Wire.Tests.Encode;

public sealed class SseEncoderTests
{
    [Fact]
    public void A_negative_reconnection_time_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => { _ = new SseEvent { RetryMilliseconds = -1 }; });
        Should.Throw<ArgumentOutOfRangeException>(() => SseEncoder.WriteRetry(-1, new byte[64]));
    }

    [Fact]
    public void A_block_without_an_id_cannot_be_written_as_an_id()
    {
        Should.Throw<ArgumentException>(() => SseEncoder.WriteIdOnly(default, new byte[64]));
    }

    [Fact]
    public void Bytes_behind_the_event_are_left_alone()
    {
        var buffer = Enumerable.Repeat((byte)0xEE, 64).ToArray();
        var written = SseEncoder.WriteEvent(new SseEvent { Data = "x"u8 }, buffer);
        buffer.Skip(written).ShouldAllBe(b => b == 0xEE);
    }

    [Fact]
    public void Encoding_allocates_nothing()
    {
        var buffer = new byte[4096];
        var type = EventType.Parse("price");
        var id = EventId.Parse("e1-42");
        void Once()
        {
            HttpChunk.WriteEvent(new SseEvent { Type = type, Id = id, RetryMilliseconds = 10, Data = "a\r\nb"u8 }, buffer, out _, out _);
            SseEncoder.WriteIdOnly(id, buffer);
            SseEncoder.WriteRetry(10, buffer);
            SseComment.Write("a\nb"u8, buffer);
        }

        Once();
        Allocations.OfCheapestRound(Once).ShouldBe(0);
    }
}
