using System.Diagnostics;
using System.Net.Sockets;

namespace Siar.Tool;

/// <summary>The readers of one process.</summary>
internal sealed class ReaderGroup : IDisposable
{
    private readonly BenchRequest _request;
    private readonly DeliveryTally _tally = new();
    private readonly ReaderFactory _factory;
    private readonly IReadOnlyList<int> _numbers;
    private readonly IReadOnlyList<IReader> _readers;
    private readonly CancellationTokenSource _end = new();
    private LatencyHistogram _connect = new();
    private long _opened;
    private string? _failure;

    public ReaderGroup(ReaderPlan plan)
    {
        _request = plan.Request;
        _factory = new ReaderFactory(_request, _tally);
        _numbers = [.. plan.Readers()];
        _readers = _factory.Create(_numbers);
    }

    public ReaderState Do(ReaderWord word)
    {
        switch (word)
        {
            case ReaderWord.Connect:
                Interlocked.Exchange(ref _opened, 0);
                _connect = new LatencyHistogram();
                _ = ConnectAsync();
                break;
            case ReaderWord.Restart:
                _tally.Restart();
                break;
            case ReaderWord.Pause:
                foreach (var reader in Slow()) reader.Pause();
                break;
            case ReaderWord.Resume:
                foreach (var reader in Slow()) reader.Resume();
                break;
            case ReaderWord.Close:
                foreach (var reader in _readers) reader.Close();
                break;
        }

        return State(word is ReaderWord.Report);
    }

    public void Dispose()
    {
        _end.Cancel();
        foreach (var reader in _readers) reader.Dispose();
        _factory.Dispose();
        _end.Dispose();
    }

    private IEnumerable<IReader> Slow() => _readers.Where((_, i) => _request.IsSlow(_numbers[i]));

    private async Task ConnectAsync()
    {
        try
        {
            var atOnce = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, _request.ConnectingAtOnce / _request.Processes), CancellationToken = _end.Token };
            await Parallel.ForEachAsync(_readers, atOnce, async (reader, cancellationToken) =>
            {
                var begin = Stopwatch.GetTimestamp();
                await reader.OpenAsync(cancellationToken);
                _connect.Record((long)Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
                Interlocked.Increment(ref _opened);
            });
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            _failure ??= failure.Message;
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private ReaderState State(bool isWhole) => new()
    {
        Opened = Interlocked.Read(ref _opened),
        Failure = Volatile.Read(ref _failure),
        Deliveries = _tally.Deliveries,
        SlowDeliveries = _tally.SlowDeliveries,
        Bytes = _tally.Bytes,
        Missed = _tally.Missed,
        Repeated = _tally.Repeated,
        Ended = _tally.Ended,
        CpuMicroseconds = Environment.CpuUsage.TotalTime.TotalMicroseconds,
        Latency = isWhole ? _tally.Latency.Read() : null,
        Connect = isWhole ? _connect.Read() : null,
    };
}
