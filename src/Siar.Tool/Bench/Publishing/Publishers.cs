using System.Diagnostics;

namespace Siar.Tool;

/// <summary>
/// All publishers, a thread and a connection each. At a fixed rate each event is stamped with the moment when it was due, so that a server
/// that stalls is charged for all that waits behind (coordinated omission); without a rate each sends as fast as answers come.
/// </summary>
internal sealed class Publishers : IDisposable
{
    /// <summary>How long publishers that cannot keep up go on after the end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly BenchRequest _request;
    private readonly PublishPlan _plan;
    private readonly long[] _published;
    private readonly int[] _readers;
    private readonly int[] _slow;
    private readonly PostConnection[] _connections;
    private readonly string _filling;
    private readonly CancellationToken _cancellation;

    public Publishers(BenchRequest request, CancellationToken cancellation)
    {
        _request = request;
        _plan = request.Plan;
        _cancellation = cancellation;
        _filling = BenchPayload.Filling(request.Bytes, request.IsGzip);
        _published = new long[_plan.Units];
        _slow = [.. Enumerable.Range(0, request.Topics).Select(request.SlowReadersOf)];
        _readers = [.. Enumerable.Range(0, request.Topics).Select(t => request.ReadersOf(t) - _slow[t])];
        _connections = [.. Enumerable.Range(0, request.Publishers * request.PublishUrls.Count).Select(_ => new PostConnection(request.PublishType, request.Token, request.IsInsecure))];
    }

    /// <summary>How long publishes took to be answered.</summary>
    public LatencyHistogram Latency { get; private set; } = new();

    /// <summary>Events published since the beginning.</summary>
    public long Count => _published.Sum();

    /// <summary>Deliveries that follow from all that was published, to readers that read.</summary>
    public long Expected => Enumerable.Range(0, _plan.Units).Sum(u => Volatile.Read(in _published[u]) * _readers[_plan.TopicOf(u)]);

    /// <summary>Deliveries to slow readers.</summary>
    public long SlowExpected => Enumerable.Range(0, _plan.Units).Sum(u => Volatile.Read(in _published[u]) * _slow[_plan.TopicOf(u)]);

    public void Restart() => Latency = new LatencyHistogram();

    /// <summary>Publishes for so long: at the rate, or as fast as answers come.</summary>
    public Task RunAsync(TimeSpan time)
    {
        var begin = Stopwatch.GetTimestamp();
        return _request.Rate > 0
            ? OnThreadsAsync(publisher => RunAtRate(publisher, begin, time))
            : OnThreadsAsync(publisher => RunClosed(publisher, (_, _) => Stopwatch.GetElapsedTime(begin) < time));
    }

    /// <summary>Publishes so many events as fast as answers come.</summary>
    public Task RunAsync(long events) => OnThreadsAsync(publisher => RunClosed(publisher, (unit, round) => round < _plan.CountOf(unit, events)));

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }

    private Task OnThreadsAsync(Action<int> run) => Task.WhenAll(Enumerable.Range(0, _request.Publishers).Select(publisher =>
        Task.Factory.StartNew(() => run(publisher), _cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    private void RunAtRate(int publisher, long begin, TimeSpan time)
    {
        var units = _plan.UnitsOf(publisher);
        for (long round = 0; Stopwatch.GetElapsedTime(begin) < time + Patience; round++)
        {
            foreach (var unit in units)
            {
                var due = _plan.DueSeconds(unit, round, _request.Rate);
                if (due >= time.TotalSeconds) return;
                var dueAt = begin + (long)(due * Stopwatch.Frequency);
                WaitUntil(dueAt);
                Publish(publisher, unit, dueAt);
            }
        }
    }

    private void RunClosed(int publisher, Func<int, long, bool> goesOn)
    {
        var units = _plan.UnitsOf(publisher);
        for (long round = 0; ; round++)
        {
            foreach (var unit in units)
            {
                if (!goesOn(unit, round)) return;
                _cancellation.ThrowIfCancellationRequested();
                Publish(publisher, unit, Stopwatch.GetTimestamp());
            }
        }
    }

    private void Publish(int publisher, int unit, long dueAt)
    {
        var topic = _plan.TopicOf(unit);
        var payload = BenchPayload.Make(_plan.SlotOf(unit), _published[unit], _request.Clock.MicrosecondsOf(dueAt), _filling);
        var begin = Stopwatch.GetTimestamp();
        // Topics are dealt out to the servers; a publisher has a connection to each.
        var connection = _connections[(publisher * _request.PublishUrls.Count) + (topic % _request.PublishUrls.Count)];
        connection.Post(_request.PublishTo(topic), BenchPayload.Fill(_request.PublishBody, payload, BenchRequest.NameOf(topic)));
        Latency.Record((long)Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
        Volatile.Write(ref _published[unit], _published[unit] + 1);
    }

    // To the millisecond by sleeping, and the rest by giving way: a late start would be charged to the server.
    private void WaitUntil(long dueAt)
    {
        while (true)
        {
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), dueAt);
            if (left <= TimeSpan.Zero) return;
            if (left < TimeSpan.FromMilliseconds(1)) Thread.Yield();
            else _cancellation.WaitHandle.WaitOne((int)left.TotalMilliseconds);
            _cancellation.ThrowIfCancellationRequested();
        }
    }
}
