using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Siar.Client.Tests;

/// <summary>A server on this machine whose requests wait for a test to answer them.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly Channel<ServedRequest> _requests = Channel.CreateUnbounded<ServedRequest>();
    private readonly WebApplication _app;

    private LoopbackServer(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First() + "/stream");

    public static async Task<LoopbackServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.RequestHeaderEncodingSelector = _ => Encoding.UTF8);
        var server = new LoopbackServer(builder.Build());
        server._app.Run(server.ServeAsync);
        await server._app.StartAsync();
        return server;
    }

    public async Task<ServedRequest> NextAsync() => await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Time);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var request = new Request(context, await body.ReadToEndAsync());
        _requests.Writer.TryWrite(request);
        await request.Ended.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed class Request(HttpContext context, string body) : ServedRequest
    {
        // The context is used again for another request.
        private readonly Dictionary<string, string> _headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);

        private readonly Task _gone = WhenAborted(context);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string Method { get; } = context.Request.Method;

        public override string Url { get; } = context.Request.Path + context.Request.QueryString;

        public override string Body => body;

        public override string? Header(string name) => _headers.GetValueOrDefault(name);

        public override Task StartAsync(int status = 200, string? contentType = "text/event-stream", params (string Name, string Value)[] headers)
        {
            var response = context.Response;
            response.StatusCode = status;
            response.ContentType = contentType;
            foreach (var (name, value) in headers) response.Headers[name] = value;
            return response.StartAsync();
        }

        public override async Task SendAsync(ReadOnlyMemory<byte> piece)
        {
            await context.Response.Body.WriteAsync(piece);
            await context.Response.Body.FlushAsync();
        }

        public override void End() => Ended.TrySetResult();

        public override Task GoneAsync() => _gone.WaitAsync(Patience.Time);

        public override void Break() => context.Abort();

        private static Task WhenAborted(HttpContext context)
        {
            var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            context.RequestAborted.Register(() => gone.TrySetResult());
            return gone.Task;
        }
    }
}
