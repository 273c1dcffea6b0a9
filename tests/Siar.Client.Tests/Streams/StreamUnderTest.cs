using System.Threading.Channels;
using Siar.TestKit;

namespace Siar.Client.Tests;

/// <summary>A stream read from a server without a network, on a clock that a test moves. Jitter is the middle of its range unless a test says otherwise.</summary>
internal sealed class StreamUnderTest : IAsyncDisposable
{
    private readonly Channel<StreamItem<string>> _items = Channel.CreateUnbounded<StreamItem<string>>();
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;

    public StreamUnderTest() => Options = new EventStreamOptions
    {
        Url = MemoryServer.Url,
        TimeProvider = Time,
        Random = () => 0.5,
        OnOpened = Opened.Add,
        OnReconnecting = Reconnecting.Add,
        OnComment = Comments.Add,
    };

    public MemoryServer Server { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public EventStreamOptions Options { get; set; }

    public List<StreamOpened> Opened { get; } = [];

    public List<StreamReconnecting> Reconnecting { get; } = [];

    public List<string> Comments { get; } = [];

    public EventStream<string> Stream => field ??= EventStream.Open(Server.Client(), Options);

    /// <summary>Begins to read, and gives the first request.</summary>
    public async Task<MemoryServer.Request> OpenAsync()
    {
        Start();
        return await Server.NextAsync();
    }

    /// <summary>Begins to read.</summary>
    public void Start() => _reading = Task.Run(ReadAsync);

    /// <summary>The next item.</summary>
    public async Task<StreamItem<string>> NextAsync() => await _items.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Time);

    public async Task ShouldBringAsync(params string[] data)
    {
        foreach (var expected in data) (await NextAsync()).Data.ShouldBe(expected);
    }

    /// <summary>Lets the wait before the next connection pass, and gives its request.</summary>
    public async Task<MemoryServer.Request> ReconnectAsync()
    {
        var count = Server.Count;
        await WaitsAsync();
        Time.Advance(Reconnecting[^1].Delay);
        var request = await Server.NextAsync();
        Server.Count.ShouldBeGreaterThan(count);
        return request;
    }

    /// <summary>Waits until the stream waits.</summary>
    public async Task WaitsAsync()
    {
        var seen = _seen;
        await Patience.UntilAsync(() => Reconnecting.Count > seen && Time.TimerCount > 0);
        _seen = Reconnecting.Count;
    }

    private int _seen;

    /// <summary>Waits for the end, and gives the exception that ended the stream; null where it ended in order.</summary>
    public async Task<Exception?> EndAsync()
    {
        try
        {
            await _reading.WaitAsync(Patience.Time);
            return null;
        }
        catch (Exception failure) when (failure is not TimeoutException)
        {
            return failure;
        }
    }

    public void Cancel() => _stop.Cancel();

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        await EndAsync();
        Server.Dispose();
        _stop.Dispose();
    }

    private Task ReadAsync() => Stream.RunAsync((item, _) => _items.Writer.WriteAsync(item), _stop.Token);
}
