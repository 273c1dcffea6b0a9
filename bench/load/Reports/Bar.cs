using Siar.Bench.Load.Runs;

namespace Siar.Bench.Load.Reports;

/// <summary>What a figure must reach: at most so much in itself, or of another figure of the same round.</summary>
/// <param name="Title">What is measured.</param>
/// <param name="Figure">The figure.</param>
/// <param name="Of">What it is a ratio of; null for a figure in itself.</param>
/// <param name="Most">The bar.</param>
internal sealed record Bar(string Title, Place Figure, Place? Of, double Most)
{
    /// <summary>The median over the rounds; null where one of the two was not measured.</summary>
    public double? Reached(IReadOnlyList<RunResult> results)
    {
        var figures = from result in results
                      where result.Scenario == Figure.Scenario && result.Contender == Figure.Contender
                      let own = result.Figure(Figure.Path)
                      let peer = Of is null ? 1 : results.FirstOrDefault(r => r.Scenario == Of.Scenario && r.Contender == Of.Contender && r.Repeat == result.Repeat)?.Figure(Of.Path)
                      where peer is > 0
                      select own / peer;
        return Sample.Of(figures)?.Median;
    }
}

/// <summary>Where a figure stands.</summary>
internal sealed record Place(string Scenario, string Contender, string Path);
