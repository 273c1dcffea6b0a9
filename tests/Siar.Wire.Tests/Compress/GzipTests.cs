using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Siar.Wire.Tests.Compress;

public sealed class GzipTests
{
    [Fact]
    public void The_checksum_is_that_of_the_standard() => Crc32.Of("123456789"u8).ShouldBe(0xCBF43926);

    [Fact]
    public void Checksums_are_put_together_without_their_bytes()
    {
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var all = new byte[random.Next(3_000)];
            random.NextBytes(all);
            var at = random.Next(all.Length + 1);

            Crc32.Combine(Crc32.Of(all.AsSpan(0, at)), Crc32.Of(all.AsSpan(at)), Crc32.Shift(all.Length - at)).ShouldBe(Crc32.Of(all));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Blocks_of_any_kind_in_any_order_are_one_valid_stream(int seed)
    {
        var random = new Random(seed);
        var plain = new MemoryStream();
        var stream = new ArrayBufferWriter<byte>();
        var sum = default(GzipSum);
        stream.Write(GzipBlocks.Header);
        for (var i = 0; i < 50; i++)
        {
            var bytes = Some(random);
            plain.Write(bytes);
            sum.Add(GzipPart.Of(bytes));
            if (random.Next(2) == 0 && bytes.Length <= GzipBlocks.MaxStored) GzipBlocks.WriteStored(bytes, stream);
            else GzipBlocks.WriteCompressed(bytes, stream);
        }

        End(stream, sum);

        Decompress(stream.WrittenSpan).ShouldBe(plain.ToArray());
    }

    [Fact]
    public void A_block_is_there_when_its_last_byte_is()
    {
        var stream = new ArrayBufferWriter<byte>();
        stream.Write(GzipBlocks.Header);
        GzipBlocks.WriteCompressed(Encoding.UTF8.GetBytes(new string('x', 1_000)), stream);

        using var reader = new GZipStream(new MemoryStream(stream.WrittenSpan.ToArray()), CompressionMode.Decompress);
        reader.ReadAtLeast(new byte[1_000], 1_000, throwOnEndOfStream: false).ShouldBe(1_000);
        stream.WrittenCount.ShouldBeLessThan(100);
    }

    [Fact]
    public void A_wrong_sum_is_found()
    {
        var stream = new ArrayBufferWriter<byte>();
        stream.Write(GzipBlocks.Header);
        GzipBlocks.WriteStored("hello"u8, stream);
        var sum = default(GzipSum);
        sum.Add(GzipPart.Of("hellp"u8));
        End(stream, sum);

        Should.Throw<InvalidDataException>(() => Decompress(stream.WrittenSpan));
    }

    private static void End(ArrayBufferWriter<byte> stream, GzipSum sum)
    {
        sum.WriteEnd(stream.GetSpan(GzipBlocks.EndLength));
        stream.Advance(GzipBlocks.EndLength);
    }

    private static byte[] Decompress(ReadOnlySpan<byte> stream)
    {
        using var reader = new GZipStream(new MemoryStream(stream.ToArray()), CompressionMode.Decompress);
        var plain = new MemoryStream();
        reader.CopyTo(plain);
        return plain.ToArray();
    }

    private static byte[] Some(Random random)
    {
        var bytes = new byte[random.Next(10) == 0 ? random.Next(200_000) : random.Next(500)];
        if (random.Next(2) == 0) random.NextBytes(bytes);
        return bytes;
    }
}
