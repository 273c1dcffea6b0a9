using System.Numerics;

namespace Siar.Wire;

/// <summary>
/// The checksum of gzip (RFC 1952, section 8), and how to put the checksums of two stretches together without their bytes: polynomials
/// over GF(2) modulo that of the CRC, bits reflected.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const uint One = 1u << 31;

    private static readonly uint[] Table = MakeTable();

    // x to the power of 2 to the power of each index.
    private static readonly uint[] Powers = MakePowers();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes) crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    /// <summary>What a checksum is multiplied with when so many bytes follow.</summary>
    public static uint Shift(int length)
    {
        // Each byte is x to the power of 8, or of 2 to the power of 3.
        var product = One;
        for (var left = (uint)length; left != 0; left &= left - 1) product = Multiply(Powers[(BitOperations.TrailingZeroCount(left) + 3) & 31], product);
        return product;
    }

    /// <summary>The checksum of two stretches one behind the other.</summary>
    public static uint Combine(uint first, uint second, uint shiftOfSecond) => Multiply(shiftOfSecond, first) ^ second;

    // The left factor is never zero: it is a power of x.
    private static uint Multiply(uint left, uint right)
    {
        var product = 0u;
        for (var bit = One; ; bit >>= 1)
        {
            if ((left & bit) != 0)
            {
                product ^= right;
                if ((left & (bit - 1)) == 0) return product;
            }

            right = (right & 1) != 0 ? (right >> 1) ^ Polynomial : right >> 1;
        }
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            table[i] = crc;
        }

        return table;
    }

    private static uint[] MakePowers()
    {
        var powers = new uint[32];
        powers[0] = One >> 1;
        for (var i = 1; i < powers.Length; i++) powers[i] = Multiply(powers[i - 1], powers[i - 1]);
        return powers;
    }
}
