using System.Globalization;
using System.Text;

namespace Siar.Tool;

/// <summary>An answer to a publish as its bytes come: short, so it is kept as text.</summary>
internal sealed class HttpAnswer
{
    private readonly StringBuilder _text = new();
    private int _bodyAt = -1;
    private long? _length;
    private bool _isChunked;

    public int Status { get; private set; }

    /// <summary>Whether no more of it will come.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether it ends when the connection does.</summary>
    public bool EndsWithConnection => _bodyAt >= 0 && _length is null && !_isChunked;

    /// <summary>Whether the server closes the connection after it.</summary>
    public bool IsLast { get; private set; }

    public string Text => _bodyAt < 0 ? "" : _text.ToString(_bodyAt, _text.Length - _bodyAt);

    public void Take(ReadOnlySpan<byte> bytes)
    {
        _text.Append(Encoding.Latin1.GetString(bytes));
        if (_bodyAt < 0) ReadHead();
        if (_bodyAt < 0) return;
        IsComplete = _isChunked ? Text.EndsWith("0\r\n\r\n", StringComparison.Ordinal) : _text.Length - _bodyAt >= _length;
    }

    private void ReadHead()
    {
        var text = _text.ToString();
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return;
        _bodyAt = end + 4;
        var lines = text[..end].Split("\r\n");
        Status = lines[0].Length >= 12 && int.TryParse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture, out var status)
            ? status
            : throw new IOException($"'{lines[0]}' is not the beginning of an answer over HTTP/1.1.");
        IsLast = lines[0].StartsWith("HTTP/1.0", StringComparison.Ordinal);
        foreach (var line in lines.Skip(1)) ReadField(line);
        // RFC 9112, section 6.3: these have no body whatever their fields say.
        if (Status is 204 or 304) _length = 0;
        IsLast |= EndsWithConnection;
    }

    private void ReadField(string line)
    {
        var colon = line.IndexOf(':');
        if (colon < 0) return;
        var value = line[(colon + 1)..].Trim();
        switch (line[..colon].ToLowerInvariant())
        {
            case "content-length":
                _length = long.Parse(value, CultureInfo.InvariantCulture);
                break;
            case "transfer-encoding":
                _isChunked = value.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
                break;
            case "connection":
                IsLast = value.Equals("close", StringComparison.OrdinalIgnoreCase);
                break;
        }
    }
}
