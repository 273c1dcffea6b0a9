using System.Globalization;
using System.Text;

namespace Siar.Wire.Tests.Encode;

public sealed class HttpChunkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(int.MaxValue)]
    public void The_prefix_is_the_length_in_hexadecimal(int length)
    {
        var buffer = new byte[10];
        var written = HttpChunk.WritePrefix(length, buffer);
        written.ShouldBe(HttpChunk.MeasurePrefix(length));
        Encoding.ASCII.GetString(buffer, 0, written).ShouldBe(length.ToString("X", CultureInfo.InvariantCulture) + "\r\n");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void An_empty_chunk_is_refused_because_it_would_end_the_response(int length)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => HttpChunk.MeasurePrefix(length));
        Should.Throw<ArgumentOutOfRangeException>(() => HttpChunk.Write([], new byte[16]));
    }

    [Fact]
    public void The_last_chunk_has_no_trailer_fields() => HttpChunk.Last.ToArray().ShouldBe("0\r\n\r\n"u8.ToArray());
}
