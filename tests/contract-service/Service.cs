using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Siar.Client;

namespace Siar.ContractService;

/// <summary>The contract's REST service: it tells what the client can do, opens clients, passes commands on to them, and closes them.</summary>
internal sealed class Service : IAsyncDisposable
{
    private static readonly string[] Capabilities =
    [
        "bom", "comments", "event-type-listeners", "headers", "last-event-id", "post", "read-timeout", "report", "restart", "server-directed-shutdown-request",
    ];

    private readonly WebApplication _app;
    private readonly HttpClient _http = new(SiarHttpHandler.Create()) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<int, DrivenClient> _clients = new();
    private int _lastId;

    private Service(WebApplication app) => _app = app;

    /// <summary>The root, without the slash at its end.</summary>
    public string Url => _app.Urls.First().TrimEnd('/');

    /// <summary>Ends when the harness has said so, or the process is to end.</summary>
    public Task Ended => _app.WaitForShutdownAsync();

    public static async Task<Service> StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
        var service = new Service(builder.Build());
        service.Map();
        await service._app.StartAsync();
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values) await client.DisposeAsync();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private void Map()
    {
        _app.MapGet("/", () => Results.Json(new { capabilities = Capabilities }));
        _app.MapDelete("/", () => _app.Lifetime.StopApplication());
        // Without the cast its result would be thrown away: it would be taken for a handler that writes the answer itself.
        _app.MapPost("/", (Delegate)OpenAsync);
        _app.MapPost("/clients/{id:int}", CommandAsync);
        _app.MapDelete("/clients/{id:int}", CloseAsync);
    }

    private async Task<IResult> OpenAsync(HttpContext context)
    {
        var request = await JsonSerializer.DeserializeAsync<OpenRequest>(context.Request.Body, Callbacks.Json, context.RequestAborted);
        if (request?.CallbackUrl is not { } callbackUrl) return Results.BadRequest("There is no callbackUrl.");
        var id = Interlocked.Increment(ref _lastId);
        var client = new DrivenClient(_http, request, TimeProvider.System);
        _clients[id] = client;
        _ = Callbacks.SendAsync(_http, callbackUrl, client);
        return Results.Created($"/clients/{id.ToString(CultureInfo.InvariantCulture)}", null);
    }

    private async Task<IResult> CommandAsync(int id, HttpContext context)
    {
        using var command = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        if (!_clients.TryGetValue(id, out var client)) return Results.NotFound();
        switch (command.RootElement.GetProperty("command").GetString())
        {
            case "restart":
                client.Restart();
                return Results.Accepted();
            case "listen":
                // The client hands over events of every type.
                return Results.Accepted();
            default:
                return Results.BadRequest("There is no such command.");
        }
    }

    private async Task<IResult> CloseAsync(int id)
    {
        if (!_clients.TryRemove(id, out var client)) return Results.NotFound();
        await client.DisposeAsync();
        return Results.NoContent();
    }
}
