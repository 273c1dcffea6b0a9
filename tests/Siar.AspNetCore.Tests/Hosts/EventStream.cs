using Siar.Wire;

namespace Siar.AspNetCore.Tests;

/// <summary>A well-formed subscriber: reads a response as the standard says, and hands over one event after the other.</summary>
internal sealed class EventStream : ISseHandler, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly Stream _body;
    private readonly SseParser _parser;
    private readonly Queue<ReceivedEvent> _events = new();
    private readonly byte[] _buffer = new byte[65_536];

    private EventStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _body = body;
        _parser = new SseParser(this);
    }

    public HttpResponseMessage Response => _response;

    /// <summary>The reconnection times that were set, in order.</summary>
    public List<int> Retries { get; } = [];

    /// <summary>The comments.</summary>
    public int Comments { get; private set; }

    /// <summary>The last event id, also where no event came with it.</summary>
    public string LastEventId { get; private set; } = "";

    /// <summary>The address with which a reader asks for signals; that of the Mercure path stays as it is.</summary>
    public static string WithSignals(string path) =>
        path.Contains("/.well-known/", StringComparison.Ordinal) ? path : $"{path}{(path.Contains('?') ? '&' : '?')}signals=on";

    public static async Task<EventStream> OpenAsync(HttpClient client, string path, string? lastEventId = null, Version? version = null, bool signals = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, signals ? WithSignals(path) : path);
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        if (version is not null) (request.Version, request.VersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Opens a stream that is level with the log: what is published from now on comes live.</summary>
    public static async Task<EventStream> OpenLiveAsync(HttpClient client, string path, Version? version = null)
    {
        var stream = await OpenAsync(client, path, version: version);
        (await stream.NextAsync()).Type.ShouldBe("siar.live");
        return stream;
    }

    /// <summary>The next event; a failure where the stream ends before it.</summary>
    public async Task<ReceivedEvent> NextAsync()
    {
        while (_events.Count == 0)
        {
            if (!await ReadAsync()) throw new EndOfStreamException("The stream ended before the next event.");
        }

        return _events.Dequeue();
    }

    /// <summary>The next event that is no signal.</summary>
    public async Task<ReceivedEvent> NextPublishedAsync()
    {
        while (true)
        {
            var next = await NextAsync();
            if (!next.Type.StartsWith("siar.", StringComparison.Ordinal)) return next;
        }
    }

    /// <summary>Reads on until something is so, such as a comment having come.</summary>
    public async Task ReadUntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            if (!await ReadAsync()) throw new EndOfStreamException("The stream ended before what was waited for.");
        }
    }

    /// <summary>Every event up to the end of the stream.</summary>
    public async Task<List<ReceivedEvent>> ReadToEndAsync()
    {
        while (await ReadAsync())
        {
        }

        return [.. _events];
    }

    public void Dispose() => _response.Dispose();

    void ISseHandler.OnEvent(in SseMessage message)
    {
        LastEventId = message.DecodeLastEventId();
        _events.Enqueue(new ReceivedEvent(message.DecodeType(), message.DecodeData(), LastEventId));
    }

    void ISseHandler.OnComment(ReadOnlySpan<byte> text) => Comments++;

    void ISseHandler.OnRetry(int milliseconds) => Retries.Add(milliseconds);

    void ISseHandler.OnLastEventId(ReadOnlySpan<byte> lastEventId) => LastEventId = SseText.Decode(lastEventId);

    private async Task<bool> ReadAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var count = await _body.ReadAsync(_buffer, patience.Token);
        _parser.Feed(_buffer.AsSpan(0, count));
        return count > 0;
    }
}

/// <summary>What a subscriber got.</summary>
internal sealed record ReceivedEvent(string Type, string Data, string Id);
