using Siar.Topics.Index;

namespace Siar.Topics.Tests.Index;

public class RecentPatternsTests
{
    [Fact]
    public void Numbers_rise_when_the_oldest_additions_are_forgotten()
    {
        var recent = new RecentPatterns<string>();
        var entries = Enumerable.Range(0, 3_000).Select(_ => Living()).ToArray();
        for (var i = 0; i < entries.Length; i++)
        {
            recent.Next.ShouldBe(i);
            recent.Add(entries[i]);
            (recent.Next - recent.First).ShouldBeInRange(Math.Min(i + 1, 512), 1_024);
        }

        var since = new List<PatternEntry<string>>();
        recent.AppendSince(recent.First, since);
        since.ShouldBe(entries[(int)recent.First..]);
    }

    [Fact]
    public void Entries_that_have_died_are_left_out()
    {
        var recent = new RecentPatterns<string>();
        var (first, second) = (Living(), Living());
        recent.Add(first);
        recent.Add(second);
        first.Values.Remove("value");

        var since = new List<PatternEntry<string>>();
        recent.AppendSince(0, since);
        since.ShouldBe([second]);
    }

    private static PatternEntry<string> Living()
    {
        var entry = new PatternEntry<string>(Matcher.All);
        entry.Values.Add("value");
        return entry;
    }
}
