using System.Globalization;
using System.Text;

namespace Siar.AspNetCore;

/// <summary>Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    /// <summary>The media type that tells a scraper the version.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes the metrics that have figures.</summary>
    public static byte[] Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            var isFirst = true;
            foreach (var series in family.Series)
            {
                if (isFirst) WriteHead(text, family);
                isFirst = false;
                if (family.Kind is MetricKind.Histogram) WriteHistogram(text, family, series);
                else WriteSample(text, family.Name, series.Labels, series.Value);
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void WriteHead(StringBuilder text, MetricFamily family)
    {
        // In a help text the backslash and the line feed are escaped, and nothing else.
        var help = family.Help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        if (help.Length > 0) text.Append("# HELP ").Append(family.Name).Append(' ').Append(help).Append('\n');
        text.Append("# TYPE ").Append(family.Name).Append(' ').Append(KindWord(family.Kind)).Append('\n');
    }

    private static void WriteHistogram(StringBuilder text, MetricFamily family, MetricSeries series)
    {
        // Each bucket counts what the ones before it count too; the count is the last one's, so that the two can never disagree.
        var count = 0L;
        for (var i = 0; i <= family.Bounds.Length; i++)
        {
            count += series.CountIn(i);
            var bound = i < family.Bounds.Length ? Number(family.Bounds[i]) : "+Inf";
            var labels = series.Labels.Length == 0 ? $"le=\"{bound}\"" : $"{series.Labels},le=\"{bound}\"";
            WriteSample(text, family.Name + "_bucket", labels, count);
        }

        WriteSample(text, family.Name + "_sum", series.Labels, series.Value);
        WriteSample(text, family.Name + "_count", series.Labels, count);
    }

    private static void WriteSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string KindWord(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };
}
