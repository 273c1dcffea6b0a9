using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Siar.Wire.Tests.Parse;

/// <summary>Streams that nobody meant well: made of the words and bytes on which a parser's decisions hang.</summary>
internal static class Streams
{
    private static readonly Gen<byte[]> s_word = Gen.Elements(
        "data", "data:", "data: ", "id", "id:", "id: ", "event", "event:", "event: ", "retry:", "retry: ", "retry: 12", ":", " ", "\n", "\n",
        "\n\n", "\r", "\r\n", "\r\r", "\r\n\r\n", "\0", "\uFEFF", "é", "€", "😀", "7", "Data:", "x", "message").Select(Encoding.UTF8.GetBytes);

    private static readonly Gen<byte[]> s_byte = Gen.Choose(0, 255).Select(b => new[] { (byte)b });

    private static readonly Gen<byte[]> s_brokenCharacter = Gen.Elements(
        [0xEF], [0xEF, 0xBB], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC0, 0xAF], [0xED, 0xA0, 0x80], new byte[] { 0xF4, 0x90 });

    private static readonly Gen<byte[]> s_part = Gen.Frequency((8, s_word), (1, s_byte), (1, s_brokenCharacter));

    /// <summary>A stream, and places to cut it.</summary>
    public static Arbitrary<(byte[][] Parts, int[] Cuts)> Hostile { get; } = Arb.From(
        from parts in s_part.ArrayOf()
        from cuts in Gen.Choose(0, int.MaxValue).ArrayOf()
        select (parts, cuts),
        Smaller);

    public static byte[] Joined(byte[][] parts) => [.. parts.SelectMany(p => p)];

    private static IEnumerable<(byte[][], int[])> Smaller((byte[][] Parts, int[] Cuts) stream)
    {
        for (var i = 0; i < stream.Parts.Length; i++) yield return ([.. stream.Parts[..i], .. stream.Parts[(i + 1)..]], stream.Cuts);
        for (var i = 0; i < stream.Cuts.Length; i++) yield return (stream.Parts, [.. stream.Cuts[..i], .. stream.Cuts[(i + 1)..]]);
    }
}
