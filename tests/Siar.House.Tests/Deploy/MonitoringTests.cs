using System.Text.Json;
using System.Text.RegularExpressions;

namespace Siar.House.Tests.Deploy;

/// <summary>The metrics that exist, the page that lists them, and the rules and the dashboard that are made of them say the same.</summary>
public sealed partial class MonitoringTests
{
    private const string Page = "docs/reference/metrics.md";
    private const string Rules = "deploy/prometheus/siar-rules.yml";
    private const string Dashboard = "deploy/grafana/siar-dashboard.json";

    [Fact]
    public void The_page_lists_every_instrument_and_no_other()
    {
        var made = Repository.Files.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(f => Instrument().Matches(Repository.Read(f)).Select(m => m.Groups["name"].Value));
        var listed = Row().Matches(Repository.Read(Page)).SelectMany(row => Quoted().Matches(row.Groups["instruments"].Value).Select(m => m.Groups["text"].Value));
        listed.Order(StringComparer.Ordinal).ShouldBe(made.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Rules)]
    [InlineData(Dashboard)]
    public void Figures_are_made_of_metrics_that_exist(string file)
    {
        var text = Repository.Read(file);
        Unknown(text).ShouldBeEmpty();
        Unknown(text.Replace("siar_subscribers_behind", "siar_subscribers_behnid", StringComparison.Ordinal)).ShouldBe(["siar_subscribers_behnid"]);
    }

    [Fact]
    public void The_page_says_of_every_alert_what_to_do()
    {
        var alerts = Alert().Matches(Repository.Read(Rules)).Select(m => m.Groups["name"].Value).ToList();
        alerts.Count.ShouldBeGreaterThan(5);
        var (page, tests) = (Repository.Read(Page), Repository.Read("deploy/prometheus/siar-rules.test.yml"));
        alerts.ShouldAllBe(alert => page.Contains($"| `{alert}` |") && tests.Contains($"alertname: {alert}\n        exp_alerts:"));
    }

    [Theory]
    [InlineData("check", Rules, "", "", true)]
    [InlineData("check", Rules, "rate(", "rat(", false)]
    [InlineData("test", "deploy/prometheus/siar-rules.test.yml", "", "", true)]
    [InlineData("test", "deploy/prometheus/siar-rules.test.yml", "900x30", "90x30", false)]
    public void The_rules_do_what_their_tests_say(string what, string file, string from, string to, bool isGood)
    {
        var folder = Directory.CreateTempSubdirectory("siar-rules-");
        try
        {
            foreach (var each in Repository.Files.Where(f => f.StartsWith("deploy/prometheus/", StringComparison.Ordinal)))
            {
                var text = Repository.Read(each);
                File.WriteAllText(Path.Combine(folder.FullName, Path.GetFileName(each)), each == file && from.Length > 0 ? text.Replace(from, to, StringComparison.Ordinal) : text);
            }

            var (exitCode, output) = Command.Run("/usr/bin/promtool", what, "rules", Path.Combine(folder.FullName, Path.GetFileName(file)));
            (exitCode == 0).ShouldBe(isGood, output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Each_panel_of_the_dashboard_has_a_place_and_a_query_of_its_own()
    {
        var panels = JsonElement.Parse(Repository.Read(Dashboard)).GetProperty("panels").EnumerateArray().ToList();
        panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count().ShouldBe(panels.Count);
        panels.Select(p => p.GetProperty("gridPos")).Select(p => (p.GetProperty("x").GetInt32(), p.GetProperty("y").GetInt32())).Distinct().Count().ShouldBe(panels.Count);
        foreach (var panel in panels.Where(p => p.GetProperty("type").GetString() != "row"))
        {
            panel.GetProperty("gridPos").GetProperty("x").GetInt32().ShouldBeLessThanOrEqualTo(24 - panel.GetProperty("gridPos").GetProperty("w").GetInt32());
            panel.GetProperty("targets").EnumerateArray().ShouldAllBe(t => t.GetProperty("expr").GetString()!.Contains("instance=~\"$instance\""));
        }
    }

    private static IEnumerable<string> Unknown(string text)
    {
        var page = Repository.Read(Page);
        return Name().Matches(text).Select(m => m.Value).Where(name => !page.Contains($"`{name}`", StringComparison.Ordinal) && !IsBucket(page, name)).Distinct();
    }

    // The page names a histogram, and a query its parts.
    private static bool IsBucket(string page, string name) => name.EndsWith("_bucket", StringComparison.Ordinal) && page.Contains($"`{name[..^"_bucket".Length]}`", StringComparison.Ordinal);

    [GeneratedRegex("""\.Create(Observable)?(Counter|UpDownCounter|Gauge|Histogram)(<\w+>)?\(\s*"(?<name>[a-z._]+)"(?!\w)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Instrument();

    [GeneratedRegex(@"^\| `(siar|process)_[^|]*\|(?<instruments>[^|]*)\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<text>[^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"- alert: (?<name>\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"\b(siar|process|dotnet)_[a-z_]+\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
