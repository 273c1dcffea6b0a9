using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Siar.Hub;

namespace Siar.AspNetCore.Tests;

/// <summary>An application with a hub, on a real server, on a free port of the loopback address.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestHub(WebApplication app, RecordedLog log)
    {
        _app = app;
        Log = log;
        Address = new Uri(app.Urls.Last(u => !u.Contains("unix:", StringComparison.Ordinal)));
        Client = new HttpClient { BaseAddress = Address };
    }

    /// <summary>What every hub of the process has besides; set before the first test, by a project that runs these tests over another transport.</summary>
    public static Action<SiarBuilder>? Transport { get; set; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>What the application logged as an error, or worse.</summary>
    public RecordedLog Log { get; }

    public IServiceProvider Services => _app.Services;

    public IHub Hub => _app.Services.GetRequiredService<IHub>();

    public EventHub Core => _app.Services.GetRequiredService<EventHub>();

    /// <summary>Starts an application in the Development environment.</summary>
    public static Task<TestHub> StartAsync(Action<SiarOptions>? options = null) => StartAsync(new TestHubSetup { Options = options });

    public static async Task<TestHub> StartAsync(TestHubSetup setup)
    {
        var log = new RecordedLog(setup.Logged);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = setup.Environment });
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel((LogLevel)Math.Min((int)setup.Logged, (int)LogLevel.Information));
        builder.WebHost.ConfigureKestrel(k =>
        {
            setup.Server?.Invoke(k);
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = setup.Protocols);
        });
        var siar = builder.Services.AddSiar(setup.Options);
        Transport?.Invoke(siar);
        setup.Siar?.Invoke(siar);
        setup.Services?.Invoke(builder.Services);

        var app = builder.Build();
        setup.Pipeline?.Invoke(app);
        if (setup.MapsSiar)
        {
            app.MapSiar();
            app.MapSiarHealth();
            app.MapSiarMetrics();
            app.MapSiarRevocations();
            app.MapSiarOpenApi();
        }

        setup.Endpoints?.Invoke(app);
        await app.StartAsync();
        return new TestHub(app, log);
    }

    /// <summary>Opens a connection that sees every byte.</summary>
    public Task<RawConnection> ConnectAsync() => RawConnection.OpenAsync(Address);

    /// <summary>Asks for a stream; with the hub's signals, unless it is one of the Mercure path or a test wants none.</summary>
    public async Task<RawConnection> SubscribeAsync(string path, string headers = "", bool signals = true)
    {
        var connection = await ConnectAsync();
        await connection.SendAsync($"GET {(signals ? EventStream.WithSignals(path) : path)} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        return connection;
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>How a <see cref="TestHub"/> differs from the usual one.</summary>
internal sealed record TestHubSetup
{
    public string Environment { get; init; } = "Development";

    /// <summary>Whether the hub's own doors are mapped.</summary>
    public bool MapsSiar { get; init; } = true;

    /// <summary>From which level on the log is kept.</summary>
    public LogLevel Logged { get; init; } = LogLevel.Error;

    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1;

    public Action<SiarOptions>? Options { get; init; }

    public Action<SiarBuilder>? Siar { get; init; }

    public Action<IServiceCollection>? Services { get; init; }

    public Action<KestrelServerOptions>? Server { get; init; }

    public Action<WebApplication>? Pipeline { get; init; }

    public Action<WebApplication>? Endpoints { get; init; }
}
