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

    private static double Microseconds(Func<long> run)
    {
        var start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
