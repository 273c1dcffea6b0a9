using Siar.Hub;

namespace Siar.AspNetCore.Tests.OpenApi;

/// <summary>The states of a hub in which it gives all of its answers.</summary>
public enum ApiHub
{
    /// <summary>In development mode, with small limits.</summary>
    Open,

    /// <summary>With keys, some of which cannot be had.</summary>
    Keyed,

    /// <summary>Without room for one more stream, or one more publish.</summary>
    Full,

    /// <summary>About to stop.</summary>
    Draining,

    /// <summary>Its log has no room left.</summary>
    LogFull,

    /// <summary>Without a writer, which has ended unexpectedly.</summary>
    Failed,
}

/// <summary>Starts hubs in those states.</summary>
internal static class ApiHubs
{
    /// <summary>An issuer whose keys cannot be had.</summary>
    private const string SilentIssuer = "https://silent.example";

    /// <summary>Names a request whose body comes too slowly.</summary>
    public const string SlowHeader = "X-Slow";

    /// <summary>A token that nobody can check at the moment.</summary>
    public static string UncheckableToken
    {
        get
        {
            var claims = Keyring.V1Claims([]);
            claims["iss"] = SilentIssuer;
            return Keyring.Sign("whatever", claims);
        }
    }

    public static async Task<TestHub> StartAsync(ApiHub state)
    {
        var log = new FailingLog();
        var hub = await TestHub.StartAsync((state is ApiHub.Keyed ? Keyring.Setup(Trust, Limit) : new TestHubSetup { Options = state is ApiHub.Full ? Fill : Limit }) with
        {
            Pipeline = app => app.Use(SlowDown),
            Services = services => services.AddSingleton<IEventLog>(log),
        });
        await hub.Hub.PublishAsync(new Event(Siar.Topics.Topic.Parse("kept"), "one") { Key = "k" });
        await hub.Hub.PublishAsync("kept", "two");
        await hub.Hub.CloseAsync("closed");
        if (state is ApiHub.Draining) await hub.Core.DrainAsync();
        if (state is ApiHub.LogFull) Fill(log);
        if (state is ApiHub.Failed) await hub.Core.Loops.RunAsync("sequencer", () => throw new InvalidOperationException("bug"), _ => { });
        return hub;
    }

    private static void Trust(TokenOptions tokens)
    {
        tokens.GuardMetrics = true;
        tokens.TrustedIssuers[SilentIssuer] = new() { Publish = { Url = "https://silent.example/jwks" }, Subscribe = { Url = "https://silent.example/jwks" } };
        tokens.KeyHandler = new SilentServer();
    }

    private static void Limit(SiarOptions options)
    {
        options.Limits.TopicsPerRequest = 10;
        options.Limits.EventBytes = 1_000;
        options.Limits.RequestBytes = 2_000;
    }

    private static void Fill(SiarOptions options)
    {
        options.Limits.ConnectionsPerAddress = 1;
        options.Limits.PublishesPerAddress = 1;
    }

    private static void Fill(FailingLog log)
    {
        log.Failure = new LogUnavailableException(LogState.Full, "There is no room left.");
        log.Health = new LogHealth(LogState.Full, "There is no room left.");
    }

    // What the server does when a body comes too slowly, without the wait.
    private static Task SlowDown(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.ContainsKey(SlowHeader)) context.Request.Body = new SlowBody();
        return next(context);
    }

    private sealed class SlowBody : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new BadHttpRequestException("Reading the request body timed out due to data arriving too slowly.", StatusCodes.Status408RequestTimeout);
    }

    private sealed class SilentServer : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("The address does not answer.");
    }
}
