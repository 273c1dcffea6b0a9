using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Siar.House.Tests.Docs.Commands;

namespace Siar.House.Tests.Samples;

/// <summary>The analytics board's numbers are those of a count of the whole log at once, also after it was killed and started again.</summary>
public sealed partial class AnalyticsTests
{
    private const int Lines = 150_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_numbers_are_those_of_the_whole_log_also_after_a_kill_in_its_midst()
    {
        var folder = Directory.CreateTempSubdirectory("siar-analytics-");
        var log = Path.Combine(folder.FullName, "access.log");
        try
        {
            JsonElement before;
            using (var sample = Start($"--log '{log}' --lines {Lines} --speed 3000"))
            {
                before = await ReadUntilAsync(sample, f => f.GetProperty("lines").GetInt64() is > 0 and < Lines);
            }

            // What a kill may leave of a line that was being written.
            await File.AppendAllTextAsync(log, "203.0.113.7 - - [", TestContext.Current.CancellationToken);
            JsonElement after;
            using (var sample = Start($"--log '{log}' --lines {Lines} --speed 10000000"))
            {
                after = await ReadUntilAsync(sample, f => f.GetProperty("lines").GetInt64() == Lines);
            }

            before.GetProperty("lines").GetInt64().ShouldBeLessThan(Lines);
            Differences(before, log).ShouldBeEmpty();
            Differences(after, log).ShouldBeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Any_access_log_can_be_followed_as_it_grows()
    {
        var log = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(log, """
                198.51.100.1 - - [05/Jan/2026:10:00:00 +0100] "GET / HTTP/1.1" 200 5 "-" "curl/8.0"
                this is no line of an access log

                """, TestContext.Current.CancellationToken);
            using var sample = Start($"--follow '{log}'");
            await ReadUntilAsync(sample, f => f.GetProperty("lines").GetInt64() == 1);
            await File.AppendAllTextAsync(
                log, "198.51.100.2 - bob [05/Jan/2026:10:01:00 +0100] \"POST /orders?total=12.50 HTTP/2.0\" 201 5\n", TestContext.Current.CancellationToken);

            var figures = await ReadUntilAsync(sample, f => f.GetProperty("lines").GetInt64() == 2);

            figures.GetProperty("visitors").GetInt32().ShouldBe(2);
            figures.GetProperty("revenue").GetDecimal().ShouldBe(12.50m);
            Differences(figures, log).ShouldBeEmpty();
        }
        finally
        {
            File.Delete(log);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_log_that_is_rotated_or_emptied_is_followed_without_losing_a_line(bool isMoved)
    {
        var folder = Directory.CreateTempSubdirectory("siar-analytics-");
        var log = Path.Combine(folder.FullName, "access.log");
        try
        {
            await File.WriteAllTextAsync(log, Visit(1) + Visit(2), TestContext.Current.CancellationToken);
            using (var sample = Start($"--follow '{log}'"))
            {
                await ReadUntilAsync(sample, f => f.GetProperty("lines").GetInt64() == 2);
                if (isMoved)
                {
                    // The server goes on writing to the file that was moved until it is told to open the new one.
                    File.Move(log, log + ".1");
                    await File.AppendAllTextAsync(log + ".1", Visit(3), TestContext.Current.CancellationToken);
                }
                else
                {
                    File.Copy(log, log + ".1");
                }

                // As long as the old one was, so that its length does not tell them apart.
                await File.WriteAllTextAsync(log, string.Concat(Enumerable.Range(4, 4).Select(Visit)), TestContext.Current.CancellationToken);
                await ReadUntilAsync(sample, f => f.GetProperty("visitors").GetInt32() == (isMoved ? 7 : 6));
            }

            // Started again it begins with what the rotation has left.
            using (var sample = Start($"--follow '{log}'"))
            {
                await ReadUntilAsync(sample, f => f.GetProperty("lines").GetInt64() == (isMoved ? 7 : 6));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Visit(int client) => $"198.51.100.{client} - - [05/Jan/2026:10:00:0{client} +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl/8.0\"\n";

    private static Shell Start(string arguments) =>
        Shell.Start($"exec dotnet '{Repository.PathOf($"artifacts/bin/Analytics/{Repository.Configuration}/Analytics.dll")}' --urls http://127.0.0.1:0 {arguments}");

    private static async Task<JsonElement> ReadUntilAsync(Shell sample, Func<JsonElement, bool> wanted)
    {
        using var http = new HttpClient { BaseAddress = await sample.Address.WaitAsync(Patience), Timeout = Patience };
        await using var stream = await http.GetStreamAsync(new Uri("/board?lastEventId=earliest", UriKind.Relative));
        using var lines = new StreamReader(stream);
        while (await lines.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (!line.StartsWith("data: {\"lines\"", StringComparison.Ordinal)) continue;
            var figures = JsonElement.Parse(line["data: ".Length..]);
            if (wanted(figures)) return figures;
        }

        throw new InvalidOperationException($"The board ended:\n{sample.Output}");
    }

    /// <summary>Counts the first lines of the log all at once, in the plainest way, and says where the board has other numbers.</summary>
    private static IEnumerable<string> Differences(JsonElement board, string file)
    {
        var log = File.ReadLines(file).Select(l => Line().Match(l)).Where(m => m.Success).Take(board.GetProperty("lines").GetInt32()).Select(m => new
        {
            Client = m.Groups[1].Value,
            Time = DateTimeOffset.ParseExact(m.Groups[2].Value, "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture),
            Method = m.Groups[3].Value,
            Path = m.Groups[4].Value,
            Query = m.Groups[5].Value,
            Status = int.Parse(m.Groups[6].Value, CultureInfo.InvariantCulture),
        }).ToList();
        var now = log.Max(l => l.Time);
        var minutes = log.Where(l => l.Time > now.AddMinutes(-5)).ToList();
        var views = log.Where(l => l.Method == "GET" && l.Status < 400 && !l.Path.Contains('.', StringComparison.Ordinal)).ToList();
        var orders = log.Where(l => l.Method == "POST" && l.Path == "/orders" && l.Status == 201)
            .Select(l => (l.Time, Total: decimal.Parse(l.Query["?total=".Length..], CultureInfo.InvariantCulture))).ToList();
        var pages = views.Where(l => l.Time > now.AddHours(-1)).GroupBy(l => l.Path).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(8);
        var days = views.GroupBy(l => DateOnly.FromDateTime(l.Time.UtcDateTime)).OrderBy(g => g.Key).TakeLast(7);
        var expected = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["visitors"] = minutes.Select(l => l.Client).Distinct(StringComparer.Ordinal).Count(),
            ["orders"] = orders.Count,
            ["revenue"] = orders.Sum(o => o.Total),
            ["revenueOfHour"] = orders.Where(o => o.Time > now.AddHours(-1)).Sum(o => o.Total),
            ["errorRate"] = Math.Round((double)minutes.Count(l => l.Status >= 500) / minutes.Count, 4),
            ["minutes"] = Enumerable.Range(0, 60).Reverse().Select(ago => views.Count(l => l.Time > now.AddHours(-1) && (int)(now - l.Time).TotalMinutes == ago)),
            ["pages"] = pages.Select(p => new { path = p.Key, views = p.Count() }),
            ["days"] = days.Select(d => new { day = d.Key, hours = Enumerable.Range(0, 24).Select(h => d.Count(l => l.Time.UtcDateTime.Hour == h)) }),
        };
        foreach (var (name, value) in expected)
        {
            var counted = JsonSerializer.SerializeToElement(value);
            if (!Same(board.GetProperty(name), counted)) yield return $"{name}: the board has {board.GetProperty(name)}, the log {counted}";
        }
    }

    private static bool Same(JsonElement one, JsonElement other) =>
        one.ValueKind is JsonValueKind.Number ? one.GetDecimal() == other.GetDecimal() : JsonElement.DeepEquals(one, other);

    [GeneratedRegex("""^(\S+) \S+ \S+ \[([^]]+)\] "([A-Z]+) ([^ ?]+)(\S*) [^"]*" (\d{3}) """)]
    private static partial Regex Line();
}
