using System.Globalization;
using System.Text.RegularExpressions;

namespace Analytics;

/// <summary>One line of an access log in the common or combined format of Apache and nginx.</summary>
/// <param name="Client">The client's address.</param>
/// <param name="Time">When, in the log's own words.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">The path, without the query.</param>
/// <param name="Status">The status.</param>
/// <param name="Cents">What was paid, for an order: <c>POST /orders?total=12.50</c>, answered 201; else null.</param>
internal sealed partial record AccessLine(string Client, DateTimeOffset Time, string Method, string Path, int Status, long? Cents)
{
    /// <summary>Whether a person looked at a page: no order, no error, no picture or script.</summary>
    public bool IsView => Method == "GET" && Status < 400 && !System.IO.Path.HasExtension(Path);

    /// <summary>Reads a line; null where it is none of an access log.</summary>
    public static AccessLine? Parse(string line)
    {
        var match = Line().Match(line);
        if (!match.Success) return null;
        if (!DateTimeOffset.TryParseExact(match.Groups["time"].Value, "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return null;
        var target = match.Groups["target"].Value.Split('?', 2);
        var status = int.Parse(match.Groups["status"].Value, CultureInfo.InvariantCulture);
        var method = match.Groups["method"].Value;
        return new AccessLine(match.Groups["client"].Value, time, method, target[0], status, CentsOf(method, target, status));
    }

    private static long? CentsOf(string method, string[] target, int status)
    {
        if (method != "POST" || target[0] != "/orders" || status != 201 || target.Length < 2) return null;
        var total = target[1].Split('&').FirstOrDefault(p => p.StartsWith("total=", StringComparison.Ordinal))?["total=".Length..];
        return decimal.TryParse(total, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? (long)(amount * 100) : null;
    }

    [GeneratedRegex("""^(?<client>\S+) \S+ \S+ \[(?<time>\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "(?<method>[A-Z]+) (?<target>\S+) [^"]*" (?<status>\d{3}) """, RegexOptions.ExplicitCapture)]
    private static partial Regex Line();
}
