using System.Collections.Concurrent;
using Siar.Hub.Tests.Simulation;

namespace Siar.Hub.Tests;

/// <summary>
/// Invariant 1: for every reader, what is delivered are the matching, granted events after its cursor, in order, without repeat, up to a
/// gap that it is told; whatever the order in which publishes, slow outlets, disconnects, resumes, trims and restarts happen, whoever appends, and
/// whatever fails meanwhile: the log, listeners, loggers. A failure names its seed; the
/// environment variable <c>SIAR_SCHEDULE</c> runs that one alone.
/// </summary>
public sealed class SimulationTests
{
    private const int Schedules = 10_000;

    [Fact]
    public void Every_reader_gets_what_the_plain_model_says_in_ten_thousand_schedules()
    {
        var failures = new ConcurrentQueue<string>();
        var only = Environment.GetEnvironmentVariable("SIAR_SCHEDULE");
        var first = only is null ? 0 : int.Parse(only);
        Parallel.For(first, only is null ? Schedules : first + 1, seed =>
        {
            try
            {
                new Schedule(seed).Run();
            }
            catch (Exception failure)
            {
                failures.Enqueue($"seed {seed}: {failure.Message}\n{failure.StackTrace}");
            }
        });

        failures.ShouldBeEmpty($"{failures.Count} schedules failed:\n" + string.Join("\n\n", failures.OrderBy(f => f.Length).Take(3)));
    }
}
