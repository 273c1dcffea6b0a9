using System.Globalization;
using System.Text;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>A stream of which every byte is seen: the chunks' framing is taken off, nothing else.</summary>
internal sealed class MercureReader : IDisposable
{
    private readonly RawConnection _connection;
    private string _body = "";

    private MercureReader(RawConnection connection, string head) => (_connection, Head) = (connection, head);

    /// <summary>The answer's status line and header fields.</summary>
    public string Head { get; }

    public RawConnection Connection => _connection;

    public static async Task<MercureReader> OpenAsync(RawConnection connection)
    {
        var reader = new MercureReader(connection, await connection.ReadThroughAsync("\r\n\r\n"));
        reader.Head.ShouldStartWith("HTTP/1.1 200", Case.Sensitive, reader.Head);
        (await reader.ReadAsync(2)).ShouldBe(":\n");
        return reader;
    }

    /// <summary>The value of a header field; null where it is not there.</summary>
    public string? HeaderOf(string name) => Head.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];

    /// <summary>The next block with its blank line; comments between blocks are passed over.</summary>
    public async Task<string> NextAsync()
    {
        while (true)
        {
            if (_body.StartsWith(":\n", StringComparison.Ordinal)) _body = _body[2..];
            var end = _body.IndexOf("\n\n", StringComparison.Ordinal);
            if (end >= 0 && !_body.StartsWith(':')) return Take(end + 2);
            await FeedAsync();
        }
    }

    /// <summary>So many bytes, whatever they are.</summary>
    public async Task<string> ReadAsync(int bytes)
    {
        while (_body.Length < bytes) await FeedAsync();
        return Take(bytes);
    }

    public void Dispose() => _connection.Dispose();

    private string Take(int bytes)
    {
        var taken = _body[..bytes];
        _body = _body[bytes..];
        return Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(taken));
    }

    private async Task FeedAsync()
    {
        var length = int.Parse((await _connection.ReadThroughAsync("\r\n")).AsSpan().Trim(), NumberStyles.HexNumber);
        if (length == 0) throw new EndOfStreamException("The stream ended.");
        _body += await _connection.ReadExactlyAsync(length);
        (await _connection.ReadExactlyAsync(2)).ShouldBe("\r\n");
    }
}
