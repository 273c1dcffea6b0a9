using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Siar.ContractService;

namespace Siar.Client.Tests;

/// <summary>The client behind the contract's service, driven as an outside harness would: over REST, with callbacks and a server on loopback.</summary>
internal sealed class ClientOverRest : ClientUnderTest
{
    private readonly Channel<Report> _reports = Channel.CreateUnbounded<Report>();
    private readonly HttpClient _http = new();
    private readonly LoopbackServer _server;
    private readonly Service _service;
    private readonly WebApplication _callbacks;
    private Uri? _client;
    private int _lastCallback;

    private ClientOverRest(LoopbackServer server, Service service, WebApplication callbacks)
    {
        _server = server;
        _service = service;
        _callbacks = callbacks;
        callbacks.MapPost("/{number:int}", TakeAsync);
    }

    public override Uri Url => _server.Url;

    public static async Task<ClientOverRest> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var client = new ClientOverRest(await LoopbackServer.StartAsync(), await Service.StartAsync(0), builder.Build());
        await client._callbacks.StartAsync();
        return client;
    }

    public override async Task OpenAsync(OpenRequest request)
    {
        using var response = await _http.PostAsJsonAsync(_service.Url + "/", request with { CallbackUrl = new Uri(_callbacks.Urls.First()) }, Callbacks.Json);
        response.IsSuccessStatusCode.ShouldBeTrue();
        _client = new Uri(_service.Url + response.Headers.Location);
    }

    public override Task<ServedRequest> RequestAsync() => _server.NextAsync();

    public override async Task<Report> ReportAsync() => await _reports.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Time);

    public override async Task RestartAsync()
    {
        using var response = await _http.PostAsJsonAsync(_client, new { command = "restart" });
        response.IsSuccessStatusCode.ShouldBeTrue();
    }

    public override Task SilenceAsync(TimeSpan time) => Task.CompletedTask;

    public override async Task<IReadOnlyList<Report>> CloseAsync()
    {
        await CloseClientAsync();
        List<Report> rest = [];
        while (_reports.Reader.TryRead(out var report)) rest.Add(report);
        return rest;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_client is not null) await CloseClientAsync();
        await _service.DisposeAsync();
        await _callbacks.DisposeAsync();
        await _server.DisposeAsync();
        _http.Dispose();
    }

    private async Task CloseClientAsync()
    {
        using var response = await _http.DeleteAsync(_client);
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        _client = null;
    }

    private async Task TakeAsync(int number, HttpContext context)
    {
        var report = await JsonSerializer.DeserializeAsync<Report>(context.Request.Body, Callbacks.Json);
        // The contract numbers callbacks from 1, and each is answered before the next.
        number.ShouldBe(++_lastCallback);
        _reports.Writer.TryWrite(report!);
    }
}
