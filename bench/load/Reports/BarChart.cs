using System.Globalization;
using System.Security;
using System.Text;

namespace Siar.Bench.Load.Reports;

/// <summary>A chart of lying bars as SVG: medians, with a line from the least to the most. It reads on a light and on a dark page.</summary>
internal static class BarChart
{
    private const int Width = 720;
    private const int Label = 190;
    private const int Bar = 22;
    private const int Step = 34;
    private const int Top = 44;
    private const int Right = 90;

    public static string Draw(string title, Measure measure, IReadOnlyList<(string Name, Sample Sample)> rows)
    {
        var most = Math.Max(rows.Max(r => r.Sample.Max), 1e-9);
        var height = Top + (rows.Count * Step) + 10;
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img" font-family="system-ui, sans-serif" font-size="13">""");
        svg.AppendLine($"<title>{Escape(title)}</title>");
        svg.AppendLine("<style>text{fill:#333}.bar{fill:#7a8ba3}.siar{fill:#c8553d}.span{stroke:#333;stroke-width:1.5}@media(prefers-color-scheme:dark){text{fill:#ddd}.span{stroke:#ddd}}</style>");
        svg.AppendLine($"""<text x="0" y="18" font-size="15" font-weight="600">{Escape(title)}</text><text x="0" y="35">{Escape($"{measure.Title}, {measure.Unit}: less is better")}</text>""");
        for (var i = 0; i < rows.Count; i++) AddRow(svg, rows[i].Name, rows[i].Sample, measure, Top + (i * Step), most);
        return svg.AppendLine("</svg>").ToString();
    }

    private static void AddRow(StringBuilder svg, string name, Sample sample, Measure measure, int y, double most)
    {
        var look = name.StartsWith("Siar", StringComparison.Ordinal) ? "bar siar" : "bar";
        var middle = y + (Bar / 2);
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="0" y="{middle + 5}">{Escape(name)}</text><rect class="{look}" x="{Label}" y="{y}" width="{Across(sample.Median, most):F1}" height="{Bar}" rx="2"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<line class="span" x1="{Label + Across(sample.Min, most):F1}" y1="{middle}" x2="{Label + Across(sample.Max, most):F1}" y2="{middle}"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Label + Across(sample.Max, most) + 6:F1}" y="{middle + 5}">{sample.Median.ToString(measure.Format, CultureInfo.InvariantCulture)}</text>""");
    }

    private static double Across(double value, double most) => Math.Max(0, value) / most * (Width - Label - Right);

    private static string Escape(string text) => SecurityElement.Escape(text);
}
