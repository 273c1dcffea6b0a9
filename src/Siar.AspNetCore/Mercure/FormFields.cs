using System.Text;
using System.Text.Unicode;

namespace Siar.AspNetCore;

/// <summary>
/// The fields of a query or of a body that is <c>application/x-www-form-urlencoded</c>, read as the WHATWG URL Standard does (5.1): a <c>%</c> that
/// two digits do not follow is itself, a name without <c>=</c> has an empty value. What is not UTF-8 is refused, not replaced.
/// </summary>
internal sealed class FormFields
{
    // Each costs memory before anything is known of it.
    private const int MaxFields = 10_000;

    private readonly List<(string Name, ReadOnlyMemory<byte> Value)> _fields = [];

    /// <summary>Adds the fields of a query, which may begin with <c>?</c>.</summary>
    /// <returns>What is wrong, as a sentence; null when nothing is.</returns>
    public string? AddQuery(string? query) => Add(Encoding.UTF8.GetBytes(query is ['?', .. var rest] ? rest : ""));

    /// <summary>Adds the fields of a body. What the fields hold is the caller's bytes, decoded in place.</summary>
    /// <inheritdoc cref="AddQuery" path="/returns" />
    public string? Add(Memory<byte> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.Span.IndexOf((byte)'&');
            var field = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (field.IsEmpty) continue;
            if (_fields.Count == MaxFields) return $"There are more than {MaxFields} fields.";
            var equals = field.Span.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? field : field[..equals]);
            var value = equals < 0 ? default : Decode(field[(equals + 1)..]);
            if (!Utf8.IsValid(name.Span)) return "The name of a field is not valid UTF-8.";
            var text16 = Encoding.UTF8.GetString(name.Span);
            if (!Utf8.IsValid(value.Span)) return $"The field '{text16}' is not valid UTF-8.";
            _fields.Add((text16, value));
        }

        return null;
    }

    public bool Has(string name) => _fields.Exists(f => f.Name == name);

    /// <summary>Every value of a field, in order.</summary>
    public IEnumerable<string> All(string name) => _fields.Where(f => f.Name == name).Select(f => Encoding.UTF8.GetString(f.Value.Span));

    /// <summary>The first value of a field; null where it is not there.</summary>
    public string? First(string name) => Has(name) ? Encoding.UTF8.GetString(FirstBytes(name).Span) : null;

    /// <summary>The first value of a field as bytes; empty where it is not there.</summary>
    public ReadOnlyMemory<byte> FirstBytes(string name) => _fields.Find(f => f.Name == name).Value;

    /// <summary>Every field whose name begins so, in whatever case, in order.</summary>
    public IEnumerable<(string Name, string Value)> BeginningWith(string prefix) =>
        _fields.Where(f => f.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Select(f => (f.Name, Encoding.UTF8.GetString(f.Value.Span)));

    private static Memory<byte> Decode(Memory<byte> text)
    {
        var bytes = text.Span;
        var to = 0;
        for (var from = 0; from < bytes.Length; from++)
        {
            var b = bytes[from];
            if (b == '+')
            {
                b = (byte)' ';
            }
            else if (b == '%' && from + 2 < bytes.Length && IsHex(bytes[from + 1]) && IsHex(bytes[from + 2]))
            {
                b = (byte)((HexValue(bytes[from + 1]) << 4) | HexValue(bytes[from + 2]));
                from += 2;
            }

            bytes[to++] = b;
        }

        return text[..to];
    }

    private static bool IsHex(byte b) => char.IsAsciiHexDigit((char)b);

    private static int HexValue(byte digit) => char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
