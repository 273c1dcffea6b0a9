using System.Text;

namespace Siar.UrlPatterns.Idna;

/// <summary>Punycode (RFC 3492), with the parameters of section 5 and the names of section 6.</summary>
internal static class Punycode
{
    private const int Base = 36, TMin = 1, TMax = 26, Skew = 38, Damp = 700, InitialBias = 72, InitialN = 0x80;

    /// <summary>
    /// The most code points that a label may have to be encoded or decoded. The work grows with the square, and DNS allows 63 characters; the URL standard
    /// names no limit.
    /// </summary>
    public const int MaxCodePoints = 256;

    public static string Encode(IReadOnlyList<int> codePoints)
    {
        var output = new StringBuilder();
        foreach (var c in codePoints.Where(c => c < InitialN)) output.Append((char)c);
        var basic = output.Length;
        var handled = basic;
        if (basic > 0) output.Append('-');
        var (n, delta, bias) = (InitialN, 0, InitialBias);
        while (handled < codePoints.Count)
        {
            var next = codePoints.Where(c => c >= n).Min();
            delta += (next - n) * (handled + 1);
            n = next;
            foreach (var c in codePoints)
            {
                if (c < n) delta++;
                if (c != n) continue;
                WriteNumber(output, delta, bias);
                bias = Adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled++;
            }

            delta++;
            n++;
        }

        return output.ToString();
    }

    /// <summary>The code points, or null when the text is not Punycode.</summary>
    public static List<int>? Decode(ReadOnlySpan<char> text)
    {
        var hyphen = text.LastIndexOf('-');
        var output = new List<int>();
        if (hyphen > MaxCodePoints) return null;
        foreach (var c in text[..Math.Max(hyphen, 0)]) output.Add(c);
        // A hyphen with nothing before it is no delimiter, and no digit either.
        if (hyphen > 0) text = text[(hyphen + 1)..];
        var (n, i, bias) = ((long)InitialN, 0L, InitialBias);
        while (!text.IsEmpty)
        {
            if (output.Count == MaxCodePoints || ReadNumber(ref text, bias) is not { } delta) return null;
            i += delta;
            bias = Adapt(delta, output.Count + 1, i == delta && n == InitialN);
            n += i / (output.Count + 1);
            if (n > 0x10FFFF || n is >= 0xD800 and <= 0xDFFF) return null;
            i %= output.Count + 1;
            output.Insert((int)i++, (int)n);
        }

        return output;
    }

    private static void WriteNumber(StringBuilder output, int number, int bias)
    {
        for (var k = Base; ; k += Base)
        {
            var threshold = Math.Clamp(k - bias, TMin, TMax);
            if (number < threshold) break;
            output.Append(Digit(threshold + ((number - threshold) % (Base - threshold))));
            number = (number - threshold) / (Base - threshold);
        }

        output.Append(Digit(number));
    }

    private static int? ReadNumber(ref ReadOnlySpan<char> text, int bias)
    {
        var (number, weight) = (0L, 1L);
        for (var k = Base; !text.IsEmpty; k += Base)
        {
            var digit = char.IsAsciiLetter(text[0]) ? (text[0] | 0x20) - 'a' : char.IsAsciiDigit(text[0]) ? text[0] - '0' + 26 : Base;
            text = text[1..];
            if (digit == Base) return null;
            number += digit * weight;
            if (number > int.MaxValue) return null;
            var threshold = Math.Clamp(k - bias, TMin, TMax);
            if (digit < threshold) return (int)number;
            weight *= Base - threshold;
            if (weight > int.MaxValue) return null;
        }

        return null;
    }

    private static int Adapt(int delta, int count, bool first)
    {
        delta = first ? delta / Damp : delta / 2;
        delta += delta / count;
        var k = 0;
        for (; delta > (Base - TMin) * TMax / 2; k += Base) delta /= Base - TMin;
        return k + ((Base - TMin + 1) * delta / (delta + Skew));
    }

    private static char Digit(int value) => (char)(value < 26 ? 'a' + value : '0' + value - 26);
}
