using System.Net;
using System.Net.Http.Headers;

namespace Siar.Tool.Tests;

/// <summary>A stream of a running hub, line by line. What a test waits for has a minute.</summary>
internal sealed class HubStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private HubStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _lines = new StreamReader(body);
    }

    /// <summary>Opens it, and reads as far as what is published from now on comes live.</summary>
    public static async Task<HubStream> OpenAsync(HttpClient http, string url, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url + (url.Contains('?') ? "&" : "?") + "signals=on");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var stream = new HubStream(response, await response.Content.ReadAsStreamAsync());
        await stream.ReadAsync("event: siar.live");
        return stream;
    }

    /// <summary>Reads as far as a line; a failure where the stream ends before it.</summary>
    public async Task ReadAsync(string line)
    {
        while (await NextAsync() is { } next)
        {
            if (next == line) return;
        }

        throw new EndOfStreamException($"The stream ended before '{line}'.");
    }

    /// <summary>Reads to the end.</summary>
    /// <param name="onLine">Is given each line.</param>
    public async Task ReadToEndAsync(Action<string>? onLine = null)
    {
        while (await NextAsync() is { } line) onLine?.Invoke(line);
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }

    private async Task<string?> NextAsync() => await _lines.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
}
