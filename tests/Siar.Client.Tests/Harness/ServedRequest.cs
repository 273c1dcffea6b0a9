using System.Text;

namespace Siar.Client.Tests;

/// <summary>A request that a test answers piece by piece.</summary>
internal abstract class ServedRequest
{
    public abstract string Method { get; }

    /// <summary>Path and query.</summary>
    public abstract string Url { get; }

    public abstract string Body { get; }

    /// <summary>A header as its bytes say in UTF-8; null where there is none.</summary>
    public abstract string? Header(string name);

    /// <summary>Sends status and headers.</summary>
    public abstract Task StartAsync(int status = 200, string? contentType = "text/event-stream", params (string Name, string Value)[] headers);

    /// <summary>Sends bytes as one piece.</summary>
    public abstract Task SendAsync(ReadOnlyMemory<byte> piece);

    /// <summary>Ends the answer in order.</summary>
    public abstract void End();

    /// <summary>Waits until the client has let go of the connection.</summary>
    public abstract Task GoneAsync();

    /// <summary>Breaks the connection.</summary>
    public abstract void Break();

    public Task SendAsync(string piece) => SendAsync(Encoding.UTF8.GetBytes(piece));

    /// <summary>Sends bytes in pieces of some length.</summary>
    public async Task SendInPiecesAsync(ReadOnlyMemory<byte> bytes, int length)
    {
        for (var at = 0; at < bytes.Length; at += length) await SendAsync(bytes[at..Math.Min(bytes.Length, at + length)]);
    }

    /// <summary>Answers with a whole stream.</summary>
    public async Task AnswerAsync(string stream)
    {
        await StartAsync();
        await SendAsync(stream);
        End();
    }

    /// <summary>Answers without a stream.</summary>
    public async Task AnswerAsync(int status, params (string Name, string Value)[] headers)
    {
        await StartAsync(status, contentType: null, headers);
        End();
    }
}
