namespace Siar.AspNetCore;

/// <summary>A request's query, decoded strictly. Names are case-sensitive; fields that a door does not know are left unread.</summary>
internal sealed class QueryFields
{
    private readonly List<KeyValuePair<string, string>> _fields = [];

    private QueryFields()
    {
    }

    public static QueryFields Empty { get; } = new();

    public static Refusal? Read(HttpRequest request, out QueryFields fields)
    {
        fields = new QueryFields();
        // RFC 3986, 3.4: the query begins after the first question mark, and may hold others.
        var query = request.QueryString.Value.AsSpan();
        if (query.StartsWith('?')) query = query[1..];
        foreach (var range in query.Split('&'))
        {
            var field = query[range];
            if (field.IsEmpty) continue;
            var equals = field.IndexOf('=');
            if (PercentText.Decode(equals < 0 ? field : field[..equals], isForm: true, out var name) is { } wrongName)
                return Refusal.Invalid($"The name of a field in the query {wrongName}");
            if (PercentText.Decode(equals < 0 ? [] : field[(equals + 1)..], isForm: true, out var value) is { } wrongValue)
                return Refusal.Invalid($"The field '{name}' in the query {wrongValue}");
            fields._fields.Add(new(name, value));
        }

        return null;
    }

    /// <summary>Every value of a field, in order.</summary>
    public IEnumerable<string> All(string name) => _fields.Count == 0 ? [] : _fields.Where(f => f.Key == name).Select(f => f.Value);

    /// <summary>A field that is on (or empty, true, 1) or off (or false, 0), and off where it was not given.</summary>
    public Refusal? Switch(string name, out bool isOn)
    {
        isOn = false;
        if (One(name, out var text) is { } refusal) return refusal;
        isOn = text is "" or "on" or "true" or "1";
        return isOn || text is null or "off" or "false" or "0"
            ? null
            : Refusal.Invalid($"The field '{name}' in the query is neither 'on' (or empty, true, 1) nor 'off' (or false, 0).");
    }

    /// <summary>The value of a field that may be given once; null where it was not given.</summary>
    public Refusal? One(string name, out string? value)
    {
        value = null;
        foreach (var (field, given) in _fields)
        {
            if (field != name) continue;
            if (value is not null) return Refusal.Invalid($"The field '{name}' stands more than once in the query: give it once.");
            value = given;
        }

        return null;
    }
}
