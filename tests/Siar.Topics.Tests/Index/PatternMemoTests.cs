using Siar.TestKit;
using Siar.Topics.Index;

namespace Siar.Topics.Tests.Index;

public class PatternMemoTests
{
    private const int TopicsInAGeneration = 100;

    private static readonly List<PatternEntry<string>> Entries = [new(Matcher.All), new(Matcher.All)];

    private readonly PatternMemo<string> _memo = new(2 * TopicsInAGeneration * MemoGeneration<string>.BytesFor("0000", 2));

    [Fact]
    public void What_was_asked_for_last_is_remembered_and_what_was_long_ago_is_forgotten()
    {
        for (var i = 0; i < 1_000; i++) _memo.Set($"{i:0000}", Entries, i);

        Find("0999").ShouldBe(999);
        Find("0900").ShouldBe(900);
        Enumerable.Range(0, 800).Count(i => Find($"{i:0000}") is not null).ShouldBe(0);
    }

    [Fact]
    public void What_is_asked_for_again_and_again_stays()
    {
        for (var i = 0; i < 1_000; i++)
        {
            _memo.Set($"{i:0000}", Entries, i);
            Find("0000").ShouldBe(0);
        }
    }

    [Fact]
    public void Entries_that_would_push_out_most_of_the_rest_are_not_remembered()
    {
        _memo.Set("0000", Entries, 1);
        _memo.Set("much", [.. Enumerable.Repeat(Entries[0], 2_000)], 2);

        Find("much").ShouldBeNull();
        Find("0000").ShouldBe(1);
    }

    [Fact]
    public void Remembering_new_topics_uses_the_memory_of_those_forgotten()
    {
        var topics = Enumerable.Range(0, 10_000).Select(i => $"{i:0000}").ToArray();
        foreach (var topic in topics) _memo.Set(topic, Entries, 1);

        Allocations.OfCheapestRound(() =>
        {
            foreach (var topic in topics) _memo.Set(topic, Entries, 1);
        }).ShouldBe(0);
    }

    private long? Find(string topic)
    {
        var found = new List<PatternEntry<string>>();
        if (!_memo.TryGet(topic, found, out var upTo)) return null;
        found.ShouldBe(Entries);
        return upTo;
    }
}
