using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Siar.AspNetCore;

/// <summary>
/// The fields of a request: of its query, or of a form in query and body. Names are case-sensitive; fields that nobody asks for are left unread. Whoever
/// reads asks for everything it wants, and then once whether something was wrong: the first thing that was is kept in <see cref="Refusal"/>. For one request,
/// and for one thread at a time.
/// </summary>
internal sealed class RequestFields
{
    // Each costs memory before anything is known of it.
    private const int MaxFields = 10_000;

    private readonly List<Field> _fields = [];

    /// <summary>Why the request is refused: the first thing that was found wrong with it; null as long as nothing was.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>
    /// The fields of a query, decoded strictly: a <c>%</c> that two digits do not follow is an error, as two spellings of one topic would be.
    /// </summary>
    public static RequestFields OfQuery(HttpRequest request)
    {
        var fields = new RequestFields();
        // RFC 3986, 3.4: the query begins after the first question mark, and may hold others.
        if (request.QueryString.Value is ['?', _, ..] query) fields.AddStrict(Encoding.UTF8.GetBytes(query, 1, query.Length - 1));
        return fields;
    }

    /// <summary>
    /// The fields of a query that is a form, <c>application/x-www-form-urlencoded</c>, as the WHATWG URL Standard reads it (5.1): a <c>%</c> that two digits do
    /// not follow is itself, a name without <c>=</c> has an empty value. What is not UTF-8 is refused, not replaced.
    /// </summary>
    public static RequestFields OfFormQuery(HttpRequest request)
    {
        var fields = new RequestFields();
        if (request.QueryString.Value is ['?', _, ..] query) fields.AddForm(Encoding.UTF8.GetBytes(query, 1, query.Length - 1));
        return fields;
    }

    /// <summary>Adds the fields of a form in a body. What the fields hold is the caller's bytes, decoded in place.</summary>
    public void AddForm(Memory<byte> text)
    {
        while (Refusal is null && TryTake(ref text, out var name, out var value))
        {
            if (_fields.Count == MaxFields)
            {
                Refuse(Refusal.Invalid($"There are more than {MaxFields} fields."));
                return;
            }

            name = name[..RequestText.DecodeForm(name.Span)];
            value = value[..RequestText.DecodeForm(value.Span)];
            if (!Utf8.IsValid(name.Span)) Refuse(Refusal.Invalid("The name of a field is not valid UTF-8."));
            else if (!Utf8.IsValid(value.Span)) Refuse(Refusal.Invalid($"The field '{Encoding.UTF8.GetString(name.Span)}' is not valid UTF-8."));
            else _fields.Add(new Field(name, value));
        }
    }

    /// <summary>Notes why the request is refused, or nothing where it is not. The first reason counts.</summary>
    public void Refuse(Refusal? refusal) => Refusal ??= refusal;

    public bool Has(string name) => Find(name) >= 0;

    /// <summary>Every value of a field, in order.</summary>
    public IEnumerable<string> All(string name) => Has(name) ? Values(name) : [];

    /// <summary>The first value of a field; null where it is not there.</summary>
    public string? First(string name) => Find(name) is >= 0 and var at ? _fields[at].Text : null;

    /// <summary>The first value of a field as bytes; empty where it is not there.</summary>
    public ReadOnlyMemory<byte> FirstBytes(string name) => Find(name) is >= 0 and var at ? _fields[at].Value : default;

    /// <summary>Every field whose name begins so, in whatever case, in order.</summary>
    public IEnumerable<(string Name, string Value)> BeginningWith(string prefix) => _fields
        .Where(f => f.Name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(f.Name.Span[..prefix.Length], prefix))
        .Select(f => (Encoding.UTF8.GetString(f.Name.Span), f.Text));

    /// <summary>The value of a field that may be given once; null where it was not given.</summary>
    public string? One(string name)
    {
        var at = Find(name);
        if (at < 0) return null;
        if (Find(name, at + 1) < 0) return _fields[at].Text;
        Refuse(Refusal.Invalid($"The field '{name}' stands more than once in the query: give it once."));
        return null;
    }

    /// <summary>A field that is on (or empty, true, 1) or off (or false, 0), and off where it was not given.</summary>
    public bool Switch(string name)
    {
        var text = One(name);
        var isOn = text is "" or "on" or "true" or "1";
        if (!isOn && text is not (null or "off" or "false" or "0"))
            Refuse(Refusal.Invalid($"The field '{name}' in the query is neither 'on' (or empty, true, 1) nor 'off' (or false, 0)."));
        return isOn;
    }

    /// <summary>A whole number; what is more than the most is the most.</summary>
    public int Number(string name, int least, int most, int otherwise)
    {
        if (One(name) is not { } text) return otherwise;
        if (text.Length > 0 && text.All(char.IsAsciiDigit) && long.TryParse(text.AsSpan(0, Math.Min(text.Length, 18)), CultureInfo.InvariantCulture, out var number) && number >= least)
            return (int)Math.Min(number, most);
        Refuse(Refusal.Invalid($"The field '{name}' in the query is not a whole number from {least} to {most}."));
        return otherwise;
    }

    private void AddStrict(Memory<byte> text)
    {
        while (TryTake(ref text, out var name, out var value))
        {
            if (RequestText.Decode(name.Span, isForm: true, out var length) is { } wrongName)
            {
                Refuse(Refusal.Invalid($"The name of a field in the query {wrongName}"));
                return;
            }

            name = name[..length];
            if (RequestText.Decode(value.Span, isForm: true, out length) is { } wrongValue)
            {
                Refuse(Refusal.Invalid($"The field '{Encoding.UTF8.GetString(name.Span)}' in the query {wrongValue}"));
                return;
            }

            _fields.Add(new Field(name, value[..length]));
        }
    }

    /// <summary>Takes one field from the beginning of a text; empty ones are passed over.</summary>
    private static bool TryTake(ref Memory<byte> text, out Memory<byte> name, out Memory<byte> value)
    {
        (name, value) = (default, default);
        while (!text.IsEmpty && text.Span[0] == '&') text = text[1..];
        if (text.IsEmpty) return false;
        var end = text.Span.IndexOf((byte)'&');
        var field = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        var equals = field.Span.IndexOf((byte)'=');
        name = equals < 0 ? field : field[..equals];
        value = equals < 0 ? default : field[(equals + 1)..];
        return true;
    }

    private IEnumerable<string> Values(string name)
    {
        for (var i = Find(name); i >= 0; i = Find(name, i + 1)) yield return _fields[i].Text;
    }

    // What is asked for are names of ASCII.
    private int Find(string name, int from = 0)
    {
        for (var i = from; i < _fields.Count; i++)
        {
            if (Ascii.Equals(_fields[i].Name.Span, name)) return i;
        }

        return -1;
    }

    /// <summary>A field, decoded.</summary>
    private readonly record struct Field(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value)
    {
        public string Text => Encoding.UTF8.GetString(Value.Span);
    }
}
