using System.Diagnostics;

namespace Siar.Bench.Micro;

/// <summary>
/// Compares two ways of doing the same by turns, a few hundred times each. Whatever else the machine does meets both alike, so the ratio holds
/// where separate runs, minutes apart, measure the neighbours.
/// </summary>
internal static class Paired
{
    private const int WarmUps = 2000;
    private const int Rounds = 500;

    /// <summary>Prints the least time of each, and the median of the ratios of neighbouring runs.</summary>
    public static void Compare(string name, Func<long> ours, Func<long> theirs)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            ours();
            theirs();
        }

        var ratios = new double[Rounds];
        var (ourLeast, theirLeast) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < Rounds; i++)
        {
            var (our, their) = (Microseconds(ours), Microseconds(theirs));
            ratios[i] = our / their;
            ourLeast = Math.Min(ourLeast, our);
            theirLeast = Math.Min(theirLeast, their);
        }

        Array.Sort(ratios);
        Console.WriteLine($"| {name} | {ourLeast:F1} us | {theirLeast:F1} us | {ourLeast / theirLeast:F2} | {ratios[Rounds / 2]:F2} |");
    }

    /// <summary>Prints the head of a table of <see cref="CompareEvents"/>.</summary>
    public static void PrintHead(string name)
    {
        Console.WriteLine($"| {name} | Siar, events/s | runtime, events/s | median ratio of times | Siar, B/event | runtime, B/event |");
        Console.WriteLine("|---|---|---|---|---|---|");
    }

    /// <summary>Prints the events a second in the best turn of each, the median of the ratios of neighbouring turns, and what an event allocates.</summary>
    public static void CompareEvents(string name, int events, Func<long> ours, Func<long> theirs)
    {
        const int Turns = 150;
        for (var i = 0; i < Turns; i++)
        {
            if (ours() != theirs()) throw new InvalidOperationException("The two do not read the same.");
        }

        var ratios = new double[Turns];
        var (ourLeast, theirLeast) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < Turns; i++)
        {
            var (our, their) = (Microseconds(ours), Microseconds(theirs));
            ratios[i] = our / their;
            ourLeast = Math.Min(ourLeast, our);
            theirLeast = Math.Min(theirLeast, their);
        }

        Array.Sort(ratios);
        Console.WriteLine($"| {name} | {events / ourLeast * 1e6:N0} | {events / theirLeast * 1e6:N0} | {ratios[Turns / 2]:F2} | {Allocated(ours) / events:F1} | {Allocated(theirs) / events:F1} |");
    }

    private static double Allocated(Func<long> run)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        run();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static double Microseconds(Func<long> run)
    {
        var start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
