using System.Net;
using Siar.Bench.Micro.Wire;
using Siar.Client;
using Siar.Wire;

namespace Siar.Bench.Micro.Client;

/// <summary>
/// A mebibyte of events handed over one by one, by this client and by the runtime's parser behind the same HTTP client, by turns:
/// <c>dotnet run -c Release --project bench/micro -- client</c>
/// </summary>
internal static class ReadPaired
{
    public static void Run()
    {
        foreach (var shape in Enum.GetValues<EventShape>())
        {
            var stream = SampleEvents.Stream(shape);
            var count = SampleEvents.CountOf(shape);
            using var http = new HttpClient(new Body(stream));
            Paired.PrintHead($"{shape}, {count} events a turn");
            Paired.CompareEvents("text", count, () => Siar(http), () => Runtime(http));
            Paired.CompareEvents("bytes", count, () => SiarBytes(http), () => RuntimeBytes(http));
        }
    }

    private static long Siar(HttpClient http) => CountAsync(EventStream.Open(http, Options), d => d.Length).GetAwaiter().GetResult();

    private static long SiarBytes(HttpClient http) => CountAsync(EventStream.Open(http, Options, static (in SseMessage m) => m.Data.Length), d => d).GetAwaiter().GetResult();

    private static long Runtime(HttpClient http) => RuntimeAsync(http, System.Net.ServerSentEvents.SseParser.Create, d => d.Length).GetAwaiter().GetResult();

    private static long RuntimeBytes(HttpClient http) =>
        RuntimeAsync(http, s => System.Net.ServerSentEvents.SseParser.Create(s, static (_, data) => data.Length), d => d).GetAwaiter().GetResult();

    private static EventStreamOptions Options { get; } = new() { Url = new Uri("http://server.test/"), Reconnect = new() { Mode = ReconnectMode.Never } };

    private static async Task<long> CountAsync<T>(EventStream<T> stream, Func<T, int> length)
    {
        var total = 0L;
        await foreach (var item in stream) total += length(item.Data!);
        return total;
    }

    private static async Task<long> RuntimeAsync<T>(HttpClient http, Func<Stream, System.Net.ServerSentEvents.SseParser<T>> parser, Func<T, int> length)
    {
        using var response = await http.GetAsync(Options.Url, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var total = 0L;
        await foreach (var item in parser(body).EnumerateAsync()) total += length(item.Data);
        return total;
    }

    private sealed class Body(byte[] stream) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = new StreamContent(new MemoryStream(stream));
            content.Headers.ContentType = new("text/event-stream");
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request });
        }
    }
}
