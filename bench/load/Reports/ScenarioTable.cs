using System.Text;
using Siar.Bench.Load.Contenders;
using Siar.Bench.Load.Runs;
using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load.Reports;

/// <summary>A table of one part of a scenario: a row a contender, medians over the rounds, and the first figure as a ratio within each round.</summary>
internal sealed class ScenarioTable(Part part, IReadOnlyList<RunResult> results)
{
    private static readonly string[] Compared = ["floor", "nchan"];

    private readonly IReadOnlyList<Measure> _measures = Measures.Of(part);

    /// <summary>The contenders that have a figure, in their order.</summary>
    public IReadOnlyList<(Contender Contender, Sample Sample)> Rows { get; } =
    [
        .. from contender in AllContenders.All
           let sample = Sample.Of(results.Where(r => r.Contender == contender.Name).Select(r => r.Figure(Measures.Of(part)[0].Path)))
           where sample is not null
           select (contender, sample.Value),
    ];

    public string Markdown()
    {
        var text = new StringBuilder();
        text.AppendLine($"| | {string.Join(" | ", _measures.Select((m, i) => Head(m) + (i == 0 ? " (least to most) | of the floor | of nchan" : "")))} | runs |");
        text.AppendLine($"|---|{string.Concat(Enumerable.Repeat("---|", _measures.Count + 3))}");
        foreach (var (contender, first) in Rows)
        {
            var own = results.Where(r => r.Contender == contender.Name).ToList();
            var cells = _measures.Select((m, i) => i == 0
                ? $"**{first.Median.ToString(m.Format)}** ({first.Min.ToString(m.Format)} to {first.Max.ToString(m.Format)}) | {string.Join(" | ", Compared.Select(c => Ratio(own, c)))}"
                : Sample.Of(own.Select(r => r.Figure(m.Path))) is { } sample ? sample.Median.ToString(m.Format) : "");
            text.AppendLine($"| {contender.Title} | {string.Join(" | ", cells)} | {Runs(own)} |");
        }

        return text.ToString();
    }

    private static string Head(Measure measure) => measure.Unit.Length > 0 ? $"{measure.Title}, {measure.Unit}" : measure.Title;

    private static string Runs(List<RunResult> own)
    {
        var failed = own.Count(r => r.Failure is not null);
        return failed == 0 ? $"{own.Count}" : $"{own.Count}, {failed} incomplete";
    }

    // Only figures of the same round: the machine may have been another an hour ago.
    private string Ratio(List<RunResult> own, string other)
    {
        var path = _measures[0].Path;
        var ratios = from result in own
                     let peer = results.FirstOrDefault(r => r.Contender == other && r.Repeat == result.Repeat)?.Figure(path)
                     where peer is > 0
                     select result.Figure(path) / peer;
        return Sample.Of(ratios) is { } sample ? $"{sample.Median:F2}" : "";
    }
}
