using System.Globalization;
using System.Security.Cryptography;

namespace Siar.Hub;

/// <summary>Names one life of a hub: 60 random bits. Those of one hub's lives have nothing in common.</summary>
internal readonly record struct HubId(ulong Bits)
{
    private const int Digits = 15;
    private const ulong Mask = (1UL << 60) - 1;

    /// <summary>Makes one that nobody has.</summary>
    public static HubId Create()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return new HubId(BitConverter.ToUInt64(bytes) & Mask);
    }

    /// <summary>Reads the text of one.</summary>
    public static bool TryParse(string text, out HubId id)
    {
        var isOne = text.Length == Digits & ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits);
        id = new HubId(bits & Mask);
        return isOne;
    }

    public override string ToString() => Bits.ToString("x15", CultureInfo.InvariantCulture);
}
