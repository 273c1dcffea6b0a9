using System.Diagnostics.Metrics;
using System.Text;

namespace Siar.AspNetCore;

/// <summary>Names as Prometheus wants them: its characters, the unit in full at the end, and <c>_total</c> on what only rises.</summary>
internal static class MetricName
{
    /// <summary>The name of an instrument's metric.</summary>
    public static string Of(Instrument instrument, MetricKind kind)
    {
        var name = Sanitize(instrument.Name, allowColon: true);
        var unit = UnitWord(instrument.Unit, kind);
        if (unit.Length > 0 && !name.EndsWith("_" + unit, StringComparison.Ordinal)) name = $"{name}_{unit}";
        return kind is MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>The name of a label.</summary>
    public static string OfLabel(string key) => Sanitize(key, allowColon: false);

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
}
