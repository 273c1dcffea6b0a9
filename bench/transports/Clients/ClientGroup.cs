using System.Diagnostics;
using System.Net;

namespace Siar.Bench.Transports.Clients;

/// <summary>Clients of one transport, and what publishes to them.</summary>
internal sealed class ClientGroup(Transport transport, IPEndPoint server, Uri publish) : IDisposable
{
    private const int ConnectingAtOnce = 100;
    private const int Bytes = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new();
    private readonly List<FeedClient> _clients = [];
    private CancellationTokenSource _end = new();
    private Tally _tally = new();
    private Task _polls = Task.CompletedTask;

    public LoadState State => _tally.Read();

    public async Task OpenAsync(int count, TimeSpan interval)
    {
        await CloseAsync();
        _tally = new Tally();
        _end = new CancellationTokenSource();
        _clients.AddRange(Enumerable.Range(0, count).Select(Create));
        await Parallel.ForEachAsync(_clients, new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtOnce }, async (client, _) => await client.OpenAsync());
        if (transport.Name == Transport.Polling) _polls = Polls.RunAsync([.. _clients.Cast<PollClient>()], interval, _end.Token);
    }

    /// <summary>Publishes so many events, one an interval, and waits an interval and until all have them, or no more come.</summary>
    public async Task PublishAsync(int count, TimeSpan interval)
    {
        var expected = _tally.Delivered + ((long)count * _clients.Count);
        List<Task> publishes = [];
        var begin = Stopwatch.GetTimestamp();
        for (var i = 1; i <= count; i++)
        {
            publishes.Add(PublishAsync());
            var left = (interval * i) - Stopwatch.GetElapsedTime(begin);
            if (left > TimeSpan.Zero) await Task.Delay(left, TimeProvider.System);
        }

        await Task.WhenAll(publishes);
        var end = Stopwatch.GetTimestamp();
        while (_tally.Delivered < expected && Stopwatch.GetElapsedTime(end) < Patience) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
    }

    public async Task CloseAsync()
    {
        await _end.CancelAsync();
        await _polls;
        foreach (var client in _clients) client.Dispose();
        _clients.Clear();
        _end.Dispose();
    }

    public void Dispose() => _http.Dispose();

    private async Task PublishAsync()
    {
        using var content = new StringContent($"{Stopwatch.GetTimestamp()} ".PadRight(Bytes, 'x'));
        using var answer = await _http.PostAsync(publish, content);
        answer.EnsureSuccessStatusCode();
    }

    private FeedClient Create(int number) => transport.Name switch
    {
        "websocket" => new WebSocketClient(transport.Path, server, number, _tally),
        Transport.Polling => new PollClient(transport.Path, isLong: false, server, number, _tally),
        "long-polling" => new PollClient(transport.Path, isLong: true, server, number, _tally),
        _ => new StreamClient(transport.Path, server, number, _tally),
    };
}
