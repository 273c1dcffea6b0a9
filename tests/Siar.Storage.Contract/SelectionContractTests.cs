using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Contract;

/// <summary>The newest of each topic, and of each key.</summary>
public abstract class SelectionContractTests(LogFixture fixture) : LogContract(fixture)
{
    protected override RetentionLimits Limits => new(8, null, null) { MaxKeys = 3 };

    [Fact]
    public async Task The_newest_so_many_of_each_topic_come_in_order()
    {
        for (var i = 0; i < 3; i++) await AppendAsync(Content("a", $"a{i}"), Content("b", $"b{i}"));
        (await LastAsync(1, MatcherSet.All)).ShouldBe("a2 b2");
        (await LastAsync(2, MatcherSet.All)).ShouldBe("a1 b1 a2 b2");
        (await LastAsync(2, Topics("b"))).ShouldBe("b1 b2");
        (await LastAsync(9, Topics("a", "b"))).ShouldBe("a0 b0 a1 b1 a2 b2");
        (await LastAsync(1, Selectors("{x}"))).ShouldBe("a2 b2");
        (await LastAsync(1, Topics("c"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_among_the_newest_of_any_of_its_topics_counts()
    {
        await AppendAsync(Content("a b", "both"), Content("a", "a1"), Content("a", "a2"));
        (await LastAsync(1, Topics("a", "b"))).ShouldBe("both a2");
        (await LastAsync(1, Topics("a"))).ShouldBe("a2");
    }

    [Fact]
    public async Task What_a_reader_may_not_have_takes_nobodys_place()
    {
        await AppendAsync(Content("a", "public", key: "k"), Content("a", "private", key: "k", isPrivate: true));
        (await LastAsync(1, Topics("a"), MatcherSet.None)).ShouldBe("public");
        (await LastAsync(1, Topics("a"), MatcherSet.All)).ShouldBe("private");
        (await KeysAsync(Topics("a"), MatcherSet.None)).ShouldBe("public");
        (await KeysAsync(Topics("a"), MatcherSet.All)).ShouldBe("private");
    }

    [Fact]
    public async Task That_a_topic_is_closed_is_none_of_its_newest()
    {
        await AppendAsync(Content("a", "x"), Event.Closing(Topic.Parse("a")));
        (await LastAsync(1, Topics("a"))).ShouldBe("x");
    }

    [Fact]
    public async Task The_newest_of_each_key_of_a_canonical_topic_come_in_order()
    {
        await AppendAsync(
            Content("a", "a1", key: "1"), Content("a", "a2", key: "2"), Content("b", "b1", key: "1"), Content("a", "none"), Content("a", "a1'", key: "1"));
        (await KeysAsync(MatcherSet.All)).ShouldBe("a2 b1 a1'");
        (await KeysAsync(Topics("a"))).ShouldBe("a2 a1'");
        (await KeysAsync(Selectors("{x}"))).ShouldBe("a2 b1 a1'");
    }

    [Fact]
    public async Task Readers_of_an_alternate_get_the_newest_that_they_can_see()
    {
        await AppendAsync(Content("a b", "both", key: "k"), Content("a", "alone", key: "k"));
        (await KeysAsync(Topics("b"))).ShouldBe("both");
        (await KeysAsync(Topics("a"))).ShouldBe("alone");
    }

    [Fact]
    public async Task What_comes_after_the_cut_is_left_for_later_and_what_it_replaces_as_well()
    {
        await AppendAsync(Content("a", "1", key: "x"), Content("a", "2", key: "y"));
        var cut = Log.Head;
        await AppendAsync(Content("a", "3", key: "x"));
        var read = await ReadAllAsync(Topics("a"), selection: new EventSelection(0, MatcherSet.None, cut));
        read.Select(e => e.Content.GetText()).ShouldBe(["2"]);
    }

    [Fact]
    public async Task Retention_keeps_the_newest_of_each_key_for_those_who_ask_for_it()
    {
        await AppendAsync(Content("a", "old", key: "x"), Content("a", "x", key: "x"), Content("b a", "y", "own", key: "y"));
        for (var i = 0; i < 20; i++) await AppendAsync(Content("c"));
        await Fixture.SettleAsync(Log);
        if (Fixture.IsDurable) await ReopenAsync();

        (await KeysAsync(Topics("a"))).ShouldBe("x y");
        (await ReadAllAsync(Topics("a"))).ShouldBeEmpty();
        Log.Trimmed.Floor(Topics("a"), MatcherSet.None).ShouldBeGreaterThan(0);
        (await Log.ResolveAsync(Siar.Wire.EventId.Parse("own"))).ShouldBe(new ResolvedCursor(3, null));

        await AppendAsync(Content("a", "x'", key: "x"));
        (await KeysAsync(Topics("a"))).ShouldBe("y x'");
    }

    [Fact]
    public async Task Of_too_many_keys_the_oldest_are_dropped()
    {
        for (var i = 0; i < 20; i++) await AppendAsync(Content("a", $"{i}", key: $"{i}"));
        await Fixture.SettleAsync(Log);
        (await KeysAsync(Topics("a"))).ShouldBe("9 10 11 12 13 14 15 16 17 18 19");
    }

    [Fact]
    public async Task Many_keys_and_topics_are_read_page_by_page()
    {
        await Log.DisposeAsync();
        Log = await Fixture.OpenAsync(new RetentionPlan(LogFixture.NoLimits, []));
        for (var i = 0; i < 120; i++) await AppendAsync(Content($"t{i % 7}", $"{i}", key: $"{i % 60}"));
        var expected = Enumerable.Range(0, 120).Where(i => i % 60 >= 0 && !Enumerable.Range(i + 1, 119 - i).Any(j => j % 60 == i % 60 && j % 7 == i % 7)).ToList();
        foreach (var matchers in new[] { MatcherSet.All, Topics([.. Enumerable.Range(0, 7).Select(i => $"t{i}")]), Selectors("{x}") })
        {
            var read = await ReadAllAsync(matchers, maxEvents: 5, selection: new EventSelection(0, MatcherSet.None, Log.Head));
            read.Select(e => int.Parse(e.Content.GetText())).ShouldBe(expected);
            read = await ReadAllAsync(matchers, maxEvents: 3, selection: new EventSelection(4, MatcherSet.None, Log.Head));
            read.Select(e => int.Parse(e.Content.GetText())).ShouldBe(Enumerable.Range(92, 28));
        }
    }

    private Task<string> LastAsync(int last, MatcherSet matchers, MatcherSet? grants = null) => TextsAsync(matchers, new EventSelection(last, grants ?? MatcherSet.None, Log.Head));

    private Task<string> KeysAsync(MatcherSet matchers, MatcherSet? grants = null) => TextsAsync(matchers, new EventSelection(0, grants ?? MatcherSet.None, Log.Head));

    private async Task<string> TextsAsync(MatcherSet matchers, EventSelection selection) =>
        string.Join(' ', (await ReadAllAsync(matchers, selection: selection)).Select(e => e.Content.GetText()));
}
