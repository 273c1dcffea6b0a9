using System.Net;
using System.Threading.Channels;

namespace Siar.Client.Tests;

/// <summary>A server without a network: its requests wait for a test to answer them.</summary>
internal sealed class MemoryServer : HttpMessageHandler
{
    private readonly Channel<ServedRequest> _requests = Channel.CreateUnbounded<ServedRequest>();
    private int _count;

    public static Uri Url { get; } = new("http://server.test/stream");

    /// <summary>How many requests there were.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Refuses the connection of as many requests as come first.</summary>
    public int Unreachable { get; set; }

    public HttpClient Client() => new(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The next request.</summary>
    public async Task<Request> NextAsync() => (Request)await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Time);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _count) <= Unreachable) throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        Count.ShouldBeLessThan(1_000, "Nobody should ask so often.");
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var served = new Request(request, body);
        _requests.Writer.TryWrite(served);
        return await served.Answer.Task.WaitAsync(cancellationToken);
    }

    internal sealed class Request(HttpRequestMessage request, string body) : ServedRequest
    {
        private readonly Dictionary<string, string> _headers = request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? [])
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);

        public TaskCompletionSource<HttpResponseMessage> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public PieceStream Stream { get; } = new();

        public override string Method { get; } = request.Method.Method;

        public override string Url { get; } = request.RequestUri!.PathAndQuery;

        public override string Body => body;

        public override string? Header(string name) => _headers.GetValueOrDefault(name);

        public override Task StartAsync(int status = 200, string? contentType = "text/event-stream", params (string Name, string Value)[] headers)
        {
            var content = new StreamContent(Stream);
            if (contentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = content, RequestMessage = request };
            foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value);
            Answer.SetResult(response);
            return Task.CompletedTask;
        }

        public override Task SendAsync(ReadOnlyMemory<byte> piece)
        {
            Stream.Add(piece);
            return Task.CompletedTask;
        }

        public override void End() => Stream.End();

        public override Task GoneAsync() => Patience.UntilAsync(() => Stream.IsDisposed);

        public override void Break() => Stream.End(new IOException("reset"));

        /// <summary>The request fails with an exception.</summary>
        public void Fail(Exception failure) => Answer.SetException(failure);
    }
}
