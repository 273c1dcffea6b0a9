using System.Globalization;
using System.Net;
using Siar.Hub;

namespace Siar.Bench.Transports.Server;

/// <summary>One application with the feed behind every transport. It listens on two ports: bare sockets on the first, the web server's own on the second.</summary>
internal static class FeedServer
{
    public const string Argument = "--serve";
    public const string Topic = "feed";

    /// <summary>Serves until it is ended.</summary>
    /// <param name="arguments">The two ports, and the seconds after which every idle connection shows that it lives.</param>
    public static async Task RunAsync(string[] arguments)
    {
        var ports = arguments[..2].Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray();
        var beat = TimeSpan.FromSeconds(int.Parse(arguments[2], CultureInfo.InvariantCulture));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseKestrel(kestrel =>
        {
            foreach (var port in ports) kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddSingleton<Feed>();
        builder.Services.AddSiar(siar => siar.Hub.KeepAlive = beat)
            .UseSockets(sockets => sockets.Takes = address => address is IPEndPoint { Port: var port } && port == ports[0]);
        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = beat });
        app.MapEvents("/sse", Topic);
        app.MapGet("/ws", SocketEndpoint.HandleAsync);
        app.MapGet("/poll", (long? after, Feed feed) => Answer(after, feed.After(after)));
        app.MapGet("/long-poll", async (long? after, Feed feed, CancellationToken gone) => Answer(after, await feed.WaitAsync(after, beat, gone)));
        MapControls(app);
        await app.RunAsync();
    }

    private static IResult Answer(long? after, FeedPage page) => after is not null && page.Events.Count == 0 ? TypedResults.NoContent() : TypedResults.Json(page);

    private static void MapControls(WebApplication app)
    {
        app.MapPost("/publish", async (HttpRequest request, Feed feed, IHub hub) =>
        {
            using var body = new StreamReader(request.Body);
            var data = await body.ReadToEndAsync();
            feed.Publish(data);
            await hub.PublishAsync(Topic, data);
        });
        app.MapGet("/cpu", () => Environment.CpuUsage.TotalTime.TotalMicroseconds);
        app.MapPost("/collect", () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
    }
}
