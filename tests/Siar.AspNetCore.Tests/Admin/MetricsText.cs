using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Siar.AspNetCore.Tests;

/// <summary>Reads Prometheus text 0.0.4 back, as strictly as a scraper does.</summary>
internal sealed partial class MetricsText
{
    public Dictionary<string, string> Types { get; } = [];

    public Dictionary<string, string> Help { get; } = [];

    /// <summary>Values by name and labels as they are written.</summary>
    public Dictionary<string, double> Samples { get; } = [];

    public static MetricsText Parse(byte[] bytes)
    {
        var result = new MetricsText();
        var text = Encoding.UTF8.GetString(bytes);
        if (text.Length > 0) text.ShouldEndWith("\n");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries)) result.Add(line);
        return result;
    }

    private void Add(string line)
    {
        if (line.StartsWith('#'))
        {
            var words = line.Split(' ', 4);
            var target = words[1] == "TYPE" ? Types : Help;
            target.TryAdd(words[2], words[3]).ShouldBeTrue($"A second line '{line}'.");
            return;
        }

        var match = Sample().Match(line);
        match.Success.ShouldBeTrue($"'{line}' is no sample.");
        var value = match.Groups["value"].Value switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            var number => double.Parse(number, CultureInfo.InvariantCulture),
        };
        Samples.TryAdd(match.Groups["series"].Value, value).ShouldBeTrue($"A second sample '{line}'.");
    }

    [GeneratedRegex("""^(?<series>[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*")*\})?) (?<value>\S+)$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();
}
