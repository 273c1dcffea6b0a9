namespace Siar.Bench.Load.Reports;

/// <summary>A figure over several runs.</summary>
internal readonly record struct Sample(double Median, double Min, double Max)
{
    /// <summary>Null where there is no figure.</summary>
    public static Sample? Of(IEnumerable<double?> figures)
    {
        var sorted = figures.OfType<double>().Order().ToList();
        if (sorted.Count == 0) return null;
        var middle = sorted.Count / 2;
        return new Sample(sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }
}
