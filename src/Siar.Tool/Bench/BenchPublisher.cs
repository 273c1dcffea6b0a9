using System.Diagnostics;
using System.Net.Http.Headers;

namespace Siar.Tool;

/// <summary>
/// Publishes: at a fixed rate, each event when it is due and stamped with that moment, so that a server that stalls is charged for those
/// that wait (coordinated omission); or, at rate 0, as fast as answers come.
/// </summary>
internal sealed class BenchPublisher : IDisposable
{
    private readonly BenchRequest _request;
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256, PooledConnectionLifetime = Timeout.InfiniteTimeSpan });
    private readonly long[] _published;
    private readonly Lock[] _gates;

    public BenchPublisher(BenchRequest request)
    {
        _request = request;
        _published = new long[request.Topics];
        _gates = [.. Enumerable.Range(0, request.Topics).Select(_ => new Lock())];
        if (request.Token is { } token) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>How long a publish took to be answered.</summary>
    public LatencyHistogram Latency { get; private set; } = new();

    /// <summary>Events published on each topic since the beginning.</summary>
    public IReadOnlyList<long> Published => _published;

    public long All => _published.Sum();

    public void Restart() => Latency = new LatencyHistogram();

    public Task RunAsync(TimeSpan time) => _request.Rate > 0 ? RunAtRateAsync(time) : RunClosedAsync(time);

    public void Dispose() => _http.Dispose();

    private async Task RunAtRateAsync(TimeSpan time)
    {
        var begin = Stopwatch.GetTimestamp();
        var count = (long)(_request.Rate * time.TotalSeconds);
        var underWay = new List<Task>();
        for (long i = 0; i < count; i++)
        {
            var due = begin + (long)(i / _request.Rate * Stopwatch.Frequency);
            await WaitUntilAsync(due);
            underWay.RemoveAll(t => t.IsCompletedSuccessfully);
            underWay.Add(PublishAsync((int)(i % _request.Topics), due));
        }

        await Task.WhenAll(underWay);
    }

    private async Task RunClosedAsync(TimeSpan time)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, _request.Publishers).Select(async publisher =>
        {
            for (var topic = publisher; Stopwatch.GetTimestamp() < end; topic += _request.Publishers)
                await PublishAsync(topic % _request.Topics, Stopwatch.GetTimestamp());
        }));
    }

    private async Task PublishAsync(int topic, long due)
    {
        using var request = Prepare(topic, due);
        var begin = Stopwatch.GetTimestamp();
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        Latency.Record((long)Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
    }

    // With one publisher events of a topic are numbered in the order in which they leave; with several, readers may see two of them swapped.
    private HttpRequestMessage Prepare(int topic, long due)
    {
        long sequence;
        lock (_gates[topic]) sequence = _published[topic]++;
        var payload = BenchPayload.Make(sequence, due, _request.Bytes);
        var content = new ByteArrayContent(BenchPayload.Fill(_request.PublishBody, payload, BenchRequest.NameOf(topic)));
        if (_request.PublishType is { } type) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return new HttpRequestMessage(HttpMethod.Post, _request.PublishTo(topic)) { Content = content };
    }

    private static async Task WaitUntilAsync(long due)
    {
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (left > TimeSpan.Zero) await Task.Delay(left, TimeProvider.System);
    }
}
