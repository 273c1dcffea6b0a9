using System.Text;

namespace Siar.Tool.Tests;

public sealed class BenchPayloadTests
{
    [Theory]
    [InlineData(0, 0, 0, 16)]
    [InlineData(3, 4_095, 60_000_000, 16)]
    [InlineData(7, 123_456, 3_600_000_000, 100)]
    [InlineData(0, 1, 2, 16_384)]
    public void What_is_made_can_be_read_and_has_its_size(int slot, long sequence, long microseconds, int bytes)
    {
        foreach (var isJson in new[] { false, true })
        {
            var payload = BenchPayload.Make(slot, sequence, microseconds, BenchPayload.Filling(bytes, isJson));

            payload.Length.ShouldBe(bytes);
            BenchPayload.TryRead(Encoding.UTF8.GetBytes(payload), out var s, out var n, out var at).ShouldBeTrue();
            (s, n, at).ShouldBe((slot, sequence, microseconds));
        }
    }

    [Fact]
    public void Numbers_that_need_more_room_get_it() =>
        BenchPayload.Make(1, long.MaxValue, long.MaxValue, BenchPayload.Filling(16, isJson: false)).ShouldBe("1 7fffffffffffffff 7fffffffffffffff");

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("1")]
    [InlineData("1 2")]
    [InlineData("1 2 ")]
    [InlineData("""{"requested":"1"}""")]
    public void Events_of_others_are_left_alone(string data) => BenchPayload.TryRead(Encoding.UTF8.GetBytes(data), out _, out _, out _).ShouldBeFalse();

    [Fact]
    public void A_template_is_filled() =>
        Encoding.UTF8.GetString(BenchPayload.Fill("""{"channel":"{topic}","content":"data: {data}\n\n"}""", "1 2 3", "t")).ShouldBe("""{"channel":"t","content":"data: 1 2 3\n\n"}""");
}
