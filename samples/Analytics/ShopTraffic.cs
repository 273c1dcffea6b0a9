using System.Globalization;

namespace Analytics;

/// <summary>Makes up the access log of a small web shop: the same lines, in the same order, for the same seed.</summary>
internal static class ShopTraffic
{
    private static readonly DateTimeOffset Opening = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Pages = ["/", "/lamps", "/chairs", "/tables", "/lamps/arc", "/chairs/oak", "/tables/round", "/cart", "/about", "/delivery"];
    private static readonly string[] Files = ["/site.css", "/site.js", "/logo.svg"];

    /// <summary>The lines, with the time of each.</summary>
    public static IEnumerable<(DateTimeOffset Time, string Text)> Lines(int seed)
    {
        // Long-known and simple, so that the same seed means the same shop with every version of the runtime.
        var state = (ulong)seed;
        var time = Opening;
        while (true)
        {
            // Quiet at four in the morning, busiest at four in the afternoon, and more so at the week's end.
            var hour = (time.TimeOfDay.TotalHours + 20) % 24;
            var busy = (0.08 + (0.92 * Math.Pow(Math.Sin(Math.PI * hour / 24), 2))) * (time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1.4 : 1);
            time = time.AddSeconds(1 + Math.Floor(8 * Next(ref state) / busy));
            yield return (time, Line(time, ref state));
        }
    }

    private static string Line(DateTimeOffset time, ref ulong state)
    {
        var client = $"203.0.113.{1 + (int)(Math.Pow(Next(ref state), 2) * 250)}";
        var kind = Next(ref state);
        var (request, status) = kind switch
        {
            < 0.05 => ($"POST /orders?total={(500 + (int)(Next(ref state) * 20_000)) / 100m:0.00}", Next(ref state) < 0.96 ? 201 : 502),
            < 0.30 => ($"GET {Pick(Files, ref state)}", 200),
            < 0.32 => ("GET /old-page", 404),
            < 0.335 => ($"GET {Pick(Pages, ref state)}", 500),
            _ => ($"GET {Pick(Pages, ref state)}?from={(int)(Next(ref state) * 9)}", 200),
        };
        var at = time.ToString("dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture);
        return $"{client} - - [{at} +0000] \"{request} HTTP/1.1\" {status} {200 + (int)(Next(ref state) * 9_000)} \"-\" \"Mozilla/5.0\"";
    }

    private static string Pick(string[] from, ref ulong state) => from[(int)(Math.Pow(Next(ref state), 1.7) * from.Length)];

    // SplitMix64 (Steele, Lea and Flood 2014), as a number from 0 to 1.
    private static double Next(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) / (double)(1UL << 53);
    }
}
