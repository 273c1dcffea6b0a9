using System.Globalization;
using System.Text;

namespace Siar.AspNetCore;

/// <summary>Writes the tags of a measurement as the text between the braces of a Prometheus sample.</summary>
internal static class MetricLabels
{
    /// <summary>The label of what came after a metric had all the series that it may have.</summary>
    public const string Overflow = "otel_metric_overflow=\"true\"";

    /// <summary>The labels in the order of their names, so that the same tags are the same series however they were ordered.</summary>
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        if (tags.Length == 1) return Label(MetricName.OfLabel(tags[0].Key), Text(tags[0].Value));

        // Two tags may become the same label; a sample with one label twice would spoil the whole scrape, so their values are joined.
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            var name = MetricName.OfLabel(key);
            labels[name] = labels.TryGetValue(name, out var other) ? $"{other};{Text(value)}" : Text(value);
        }

        return string.Join(',', labels.Select(l => Label(l.Key, l.Value)));
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string Label(string name, string value) => $"{name}=\"{Escape(value)}\"";

    /// <summary>Within a label's quotes the backslash, the quote and the line feed are escaped.</summary>
    private static string Escape(string value) =>
        value.AsSpan().IndexOfAny('\\', '"', '\n') < 0
            ? value
            : new StringBuilder(value).Replace("\\", @"\\").Replace("\"", "\\\"").Replace("\n", "\\n").ToString();
}
