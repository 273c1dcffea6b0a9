using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Siar.AspNetCore;

/// <summary>
/// Prometheus' text format, version 0.0.4, and OpenMetrics 1.0: names in their characters, with the unit in full at the end and <c>_total</c> on what only rises,
/// labels, and samples.
/// </summary>
internal static class PrometheusText
{
    /// <summary>The media type that tells a scraper the version.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The label of what came after a metric had all the series that it may have.</summary>
    public const string Overflow = "otel_metric_overflow=\"true\"";

    /// <summary>The media type of OpenMetrics.</summary>
    public const string OpenMetricsType = "application/openmetrics-text";

    /// <summary>The media type that tells a scraper which version of OpenMetrics it gets.</summary>
    public const string OpenMetricsContentType = OpenMetricsType + "; version=1.0.0; charset=utf-8";

    private const string Total = "_total";
    private const string Info = "_info";
    private const string Count = "_count";

    /// <summary>Writes the metrics that have figures.</summary>
    /// <param name="families">The metrics.</param>
    /// <param name="isOpenMetrics">Whether as OpenMetrics; else as Prometheus' own text.</param>
    public static byte[] Write(IEnumerable<MetricFamily> families, bool isOpenMetrics = false)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            var isFirst = true;
            foreach (var series in family.Series)
            {
                if (isFirst) WriteHead(text, family, isOpenMetrics);
                isFirst = false;
                if (family.Kind is MetricKind.Histogram) WriteHistogram(text, family, series);
                else WriteSample(text, family.Name, series.Labels, series.Value);
            }
        }

        if (isOpenMetrics) text.Append("# EOF\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void WriteHead(StringBuilder text, MetricFamily family, bool isOpenMetrics)
    {
        var (name, kind) = (family.Name, KindWord(family.Kind));
        // OpenMetrics: "The MetricFamily name of counters MUST NOT end with _total, the sample's MUST"; and what only says what it is has a type of its own.
        if (isOpenMetrics && family.Kind is MetricKind.Counter) name = name[..^Total.Length];
        if (isOpenMetrics && family.Kind is MetricKind.Gauge && name.EndsWith(Info, StringComparison.Ordinal)) (name, kind) = (name[..^Info.Length], "info");
        // In a help text the backslash and the line feed are escaped, and nothing else.
        var help = family.Help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        if (help.Length > 0) text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
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

    /// <summary>The name of an instrument's metric.</summary>
    public static string NameOf(Instrument instrument, MetricKind kind)
    {
        var name = Sanitize(instrument.Name, allowColon: true);
        var unit = UnitWord(instrument.Unit, kind);
        if (unit.Length > 0 && !name.EndsWith("_" + unit, StringComparison.Ordinal)) name = $"{name}_{unit}";
        if (kind is MetricKind.Counter) return name.EndsWith(Total, StringComparison.Ordinal) ? name : name + Total;
        // A name that ends like the parts of a histogram would be taken for one.
        return kind is MetricKind.Gauge && name.EndsWith(Count, StringComparison.Ordinal) ? $"{name[..^Count.Length]}_current" : name;
    }

    /// <summary>The name of a label.</summary>
    private static string LabelNameOf(string key) => Sanitize(key, allowColon: false);

    /// <summary>
    /// The data model's characters are letters, digits, the underscore and, in a metric's name, the colon; none begins with a digit.
    /// </summary>
    private static string Sanitize(string name, bool allowColon)
    {
        var text = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) text.Append('_');
        foreach (var c in name) text.Append(char.IsAsciiLetterOrDigit(c) || (c == ':' && allowColon) ? c : '_');
        return text.ToString();
    }

    /// <summary>The base units that Prometheus spells out. A unit in braces is a note for people and leaves no trace.</summary>
    private static string UnitWord(string? unit, MetricKind kind) => unit switch
    {
        null or "" => "",
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "%" => "percent",
        "1" => kind is MetricKind.Gauge ? "ratio" : "",
        _ when unit[0] == '{' => "",
        _ => Sanitize(unit, allowColon: false),
    };

    /// <summary>The labels in the order of their names, so that the same tags are the same series however they were ordered.</summary>
    public static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        if (tags.Length == 1) return Label(LabelNameOf(tags[0].Key), TextOf(tags[0].Value));

        // Two tags may become the same label; a sample with one label twice would spoil the whole scrape, so their values are joined.
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            var name = LabelNameOf(key);
            labels[name] = labels.TryGetValue(name, out var other) ? $"{other};{TextOf(value)}" : TextOf(value);
        }

        return string.Join(',', labels.Select(l => Label(l.Key, l.Value)));
    }

    private static string TextOf(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string Label(string name, string value) => $"{name}=\"{Escape(value)}\"";

    /// <summary>Within a label's quotes the backslash, the quote and the line feed are escaped.</summary>
    private static string Escape(string value) =>
        value.AsSpan().IndexOfAny('\\', '"', '\n') < 0
            ? value
            : new StringBuilder(value).Replace("\\", @"\\").Replace("\"", "\\\"").Replace("\n", "\\n").ToString();
}
