using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;

namespace Siar.Tool;

/// <summary>A reader through the platform's client: for <c>https</c>, over HTTP/2 where the server has it, many streams on a connection; and for compressed streams.</summary>
internal sealed class HttpReader(HttpClient http, ReaderTarget target, DeliveryTally tally, DeliveryCheck check, int bufferBytes) : IReader
{
    private readonly SemaphoreSlim _reads = new(1);
    private CancellationTokenSource? _life;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_life is not null) check.Reconnect(target.Clock.MicrosecondsOf(Stopwatch.GetTimestamp()));
        _life = new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _life.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, target.Url) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        if (target.IsGzip) request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        if (target.Token is { } token) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        if (!check.LastEventId.IsEmpty) request.Headers.TryAddWithoutValidation("Last-Event-ID", Encoding.Latin1.GetString(check.LastEventId));
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            if (response.StatusCode is not HttpStatusCode.OK) throw new IOException($"A reader could not connect: the server answered {(int)response.StatusCode}.");
            if (target.IsGzip && !response.Content.Headers.ContentEncoding.Contains("gzip")) throw new IOException("The server does not compress the stream.");
            _ = ReadAsync(response, _life.Token);
        }
        catch (HttpRequestException failure)
        {
            throw new IOException($"A reader could not connect: {failure.Message}", failure);
        }
    }

    public void Close() => _life?.Cancel();

    public void Pause() => _reads.Wait();

    public void Resume() => _reads.Release();

    public void Dispose()
    {
        Close();
        _life?.Dispose();
        _reads.Dispose();
    }

    private async Task ReadAsync(HttpResponseMessage response, CancellationToken life)
    {
        var buffer = new byte[bufferBytes];
        try
        {
            using (response)
            {
                var stream = await response.Content.ReadAsStreamAsync(life);
                await using var body = target.IsGzip ? new GZipStream(stream, CompressionMode.Decompress) : stream;
                while (await body.ReadAsync(buffer, life) is > 0 and var read)
                {
                    check.Take(buffer.AsSpan(0, read), target.Clock.MicrosecondsOf(Stopwatch.GetTimestamp()));
                    await _reads.WaitAsync(life);
                    _reads.Release();
                }
            }

            tally.CountEnd();
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            if (!life.IsCancellationRequested) tally.CountEnd();
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // The reader has gone.
        }
    }
}
