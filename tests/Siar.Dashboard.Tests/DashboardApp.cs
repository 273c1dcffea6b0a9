using System.Net;
using System.Text.Json;
using Siar.AspNetCore;
using Siar.Hub;

namespace Siar.Dashboard.Tests;

/// <summary>An application with a hub and its dashboard, on a free port of the loopback address.</summary>
internal sealed class DashboardApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DashboardApp(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public IHub Hub => _app.Services.GetRequiredService<IHub>();

    public static async Task<DashboardApp> StartAsync(
        string environment = "Development", Action<SiarBuilder>? siar = null, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var hub = builder.Services.AddSiar();
        siar?.Invoke(hub);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        if (map is null)
        {
            app.MapSiar();
            app.MapSiarDashboard();
        }
        else
        {
            map(app);
        }

        await app.StartAsync();
        return new DashboardApp(app);
    }

    /// <summary>Reads a stream of the dashboard's until an event's data is as wanted.</summary>
    public async Task<JsonElement> ReadUntilAsync(string path, Func<JsonElement, bool> wanted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "application/x-ndjson" } } };
        using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        while (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Length == 0) continue;
            var found = JsonElement.Parse(line);
            if (!found.TryGetProperty("data", out var text)) continue;
            var data = JsonElement.Parse(text.GetString()!);
            if (wanted(data)) return data;
        }

        throw new InvalidOperationException($"{path} ended.");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
