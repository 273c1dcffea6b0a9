namespace Siar.Wire.Tests.Parse;

/// <summary>Ways to cut a stream. Each piece is an array of its own, so a parser that keeps a borrowed span is found out.</summary>
internal static class Pieces
{
    public static IEnumerable<byte[]> Whole(byte[] input) => Borrowed([input]);

    public static IEnumerable<byte[]> OfSize(byte[] input, int size) => Borrowed(input.Chunk(size));

    public static IEnumerable<byte[]> InTwo(byte[] input, int at) => Borrowed([input[..at], input[at..]]);

    /// <summary>Cut at the given places, taken modulo the length.</summary>
    public static IEnumerable<byte[]> At(byte[] input, IEnumerable<int> places)
    {
        var cuts = places.Select(p => (int)((uint)p % ((uint)input.Length + 1))).Append(input.Length).Order();
        var pieces = new List<byte[]>();
        var from = 0;
        foreach (var to in cuts)
        {
            pieces.Add(input[from..to]);
            from = to;
        }

        return Borrowed(pieces);
    }

    private static IEnumerable<byte[]> Borrowed(IEnumerable<byte[]> pieces)
    {
        foreach (var piece in pieces)
        {
            var lent = piece.ToArray();
            yield return lent;
            Array.Fill(lent, (byte)'#');
        }
    }
}
