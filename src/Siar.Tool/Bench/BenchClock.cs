using System.Diagnostics;

namespace Siar.Tool;

/// <summary>The machine's monotonic clock, which its processes share, counted from the beginning of the run so that its numbers are short.</summary>
/// <param name="Origin">The beginning, as <see cref="Stopwatch"/> counts.</param>
internal sealed record BenchClock(long Origin)
{
    public static BenchClock Start() => new(Stopwatch.GetTimestamp());

    public long MicrosecondsOf(long timestamp) => (timestamp - Origin) / (Stopwatch.Frequency / 1_000_000);
}
