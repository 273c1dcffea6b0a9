namespace Siar.Wire.Tests;

public sealed class LineBreakTests
{
    [Theory]
    [InlineData((byte)'\r')]
    [InlineData((byte)'\n')]
    public void A_break_is_found_at_every_place_in_every_length(byte lineBreak)
    {
        for (var length = 1; length < 600; length += 7)
        for (var at = 0; at < length; at++)
        {
            // Neighbours of CR and LF in the alphabet must not be taken for them, and only the first break counts.
            var bytes = Enumerable.Range(0, length).Select(i => i % 2 == 0 ? (byte)11 : (byte)14).ToArray();
            bytes[^1] = (byte)'\n';
            bytes[at] = lineBreak;
            LineBreak.IndexIn(bytes).ShouldBe(at);
        }
    }

    [Fact]
    public void Without_a_break_there_is_none()
    {
        for (var length = 0; length < 600; length++) LineBreak.IndexIn(new byte[length]).ShouldBe(-1);
    }
}
