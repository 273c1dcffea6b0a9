using Yarp.ReverseProxy.Forwarder;

namespace ManyHubs;

/// <summary>The proxy: each request goes to the next instance in turn, whatever it is.</summary>
internal sealed class FrontDoor(IHttpForwarder forwarder, IReadOnlyList<Instance> instances)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });
    private uint _turn;

    public static async Task RunAsync(WebApplicationBuilder builder, IReadOnlyList<Instance> instances)
    {
        builder.Services.AddHttpForwarder();
        await using var app = builder.Build();
        var stop = app.Lifetime.ApplicationStopping;
        var running = Task.WhenAll(instances.Select(i => i.RunAsync(app.Environment.EnvironmentName, stop)));
        var door = new FrontDoor(app.Services.GetRequiredService<IHttpForwarder>(), instances);

        app.MapGet("/instances", () => instances.Select(i => new { i.Name, i.ProcessId }));
        app.MapPost("/instances/{name}/kill", (string name) =>
        {
            if (instances.FirstOrDefault(i => i.Name == name) is not { } instance) return Results.NotFound();
            instance.Kill();
            return Results.NoContent();
        });
        app.Map("{**path}", door.ForwardAsync);
        await app.RunAsync();
        await running;
    }

    // An EventSource comes back after a connection that broke, and not after an answer that is an error. So none is given as long as it may be that another
    // instance answers: a request that has reached nobody, or only asks, waits for one.
    private async Task ForwardAsync(HttpContext context)
    {
        while (!context.RequestAborted.IsCancellationRequested)
        {
            if (instances[(int)(Interlocked.Increment(ref _turn) % (uint)instances.Count)].Url is { } url)
            {
                var error = await forwarder.SendAsync(context, url, _client);
                if (error is ForwarderError.None || context.Response.HasStarted || !MayTryAgain(context)) return;
                context.Response.Clear();
            }

            if (instances.All(i => i.Url is null)) await Task.Delay(Pause, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool MayTryAgain(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || context.GetForwarderErrorFeature()?.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };
}
