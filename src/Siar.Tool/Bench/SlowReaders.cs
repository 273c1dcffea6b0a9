using System.Diagnostics;

namespace Siar.Tool;

/// <summary>Readers that read nothing for a while, and then all that has waited for them.</summary>
internal sealed class SlowReaders
{
    /// <summary>How long nothing may arrive before the rest is given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly BenchRequest _request;
    private readonly ReaderFleet _fleet;
    private readonly Publishers _publishers;
    private readonly CancellationToken _cancellation;
    private readonly long _expectedBefore;
    private readonly long _deliveredBefore;

    private SlowReaders(BenchRequest request, ReaderFleet fleet, Publishers publishers, long deliveredBefore, CancellationToken cancellation)
    {
        _request = request;
        _fleet = fleet;
        _publishers = publishers;
        _cancellation = cancellation;
        _expectedBefore = publishers.SlowExpected;
        _deliveredBefore = deliveredBefore;
    }

    /// <summary>Lets them stop reading.</summary>
    public static async Task<SlowReaders> PauseAsync(BenchRequest request, ReaderFleet fleet, Publishers publishers, CancellationToken cancellation) =>
        new(request, fleet, publishers, (await fleet.TellAsync(ReaderWord.Pause, cancellation)).SlowDeliveries, cancellation);

    /// <summary>Lets them read on, until they have everything or no more comes.</summary>
    public async Task<SlowFigures> ReadOnAsync()
    {
        var expected = _publishers.SlowExpected - _expectedBefore;
        var state = await _fleet.TellAsync(ReaderWord.Resume, _cancellation);
        var lastNews = Stopwatch.GetTimestamp();
        while (state.SlowDeliveries - _deliveredBefore < expected && Stopwatch.GetElapsedTime(lastNews) < Patience)
        {
            await Task.Delay(Glance, TimeProvider.System, _cancellation);
            var now = await _fleet.TellAsync(ReaderWord.Count, _cancellation);
            if (now.SlowDeliveries != state.SlowDeliveries) lastNews = Stopwatch.GetTimestamp();
            state = now;
        }

        return new SlowFigures(Enumerable.Range(0, _request.Topics).Sum(_request.SlowReadersOf), expected, state.SlowDeliveries - _deliveredBefore);
    }
}
