namespace Siar.Tool.Tests;

/// <summary>
/// <c>siar serve</c> on a port that the system has chosen, or on one that a test names. Its events are in memory unless a test names a store.
/// </summary>
internal sealed class RunningHub : IAsyncDisposable
{
    private RunningHub(SiarProcess process, string url)
    {
        Process = process;
        Url = url;
        Http = new HttpClient { BaseAddress = new Uri(url) };
    }

    public SiarProcess Process { get; }

    /// <summary>The root, without the slash at its end.</summary>
    public string Url { get; }

    public HttpClient Http { get; }

    public static Task<RunningHub> StartAsync(params string[] arguments) => StartAsync(null, arguments);

    public static async Task<RunningHub> StartAsync(IEnumerable<KeyValuePair<string, string>>? variables, params string[] arguments)
    {
        string[] address = arguments.Contains("--url") ? [] : ["--url", "http://127.0.0.1:0"];
        string[] store = arguments.Contains("--store") ? [] : ["--store", "memory"];
        var process = SiarProcess.Start(variables, ["serve", .. arguments, .. address, .. store]);
        try
        {
            return new RunningHub(process, (await process.ReadAsync()).TrimEnd('/'));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public SiarProcess Subscribe(params string[] arguments) => SiarProcess.Start(["subscribe", "--hub", Url, .. arguments]);

    public SiarProcess Publish(params string[] arguments) => SiarProcess.Start(["publish", "--hub", Url, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
    }
}
