using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Contract;

public abstract class ReadContractTests(LogFixture fixture) : LogContract(fixture)
{
    [Fact]
    public async Task A_topic_gives_its_events_and_those_it_is_an_alternate_of_in_order()
    {
        await AppendAsync(Content("a", "1"), Content("b", "2"), Content("b a", "3"), Content("c", "4"), Content("a", "5"));
        (await TextsAsync(Topics("a"))).ShouldBe("1 3 5");
    }

    [Fact]
    public async Task Several_topics_are_merged_in_order_and_an_event_of_two_comes_once()
    {
        await AppendAsync(Content("a", "1"), Content("b", "2"), Content("b a", "3"), Content("c", "4"), Content("a", "5"), Content("b", "6"));
        (await TextsAsync(Topics("a", "b", "unheard-of"))).ShouldBe("1 2 3 5 6");
    }

    [Fact]
    public async Task Text_that_no_topic_can_have_means_none_and_hides_no_other()
    {
        // A lone surrogate is U+FFFD once it is UTF-8, which is a topic like any other.
        await AppendAsync(Content("a", "1"), Content("\uFFFD", "2"), Content("b/1", "3"));
        foreach (var text in new[] { "", "a\u0001", "\uD800" })
        {
            (await TextsAsync(Selectors(text))).ShouldBe("");
            (await TextsAsync(Selectors(text, "a"))).ShouldBe("1");
            (await TextsAsync(Selectors(text, "b/{x}"))).ShouldBe("3");
        }
    }

    [Fact]
    public async Task The_star_gives_everything()
    {
        await AppendAsync(Content("a", "1"), Content("b", "2"), Content("c", "3"));
        (await TextsAsync(MatcherSet.All)).ShouldBe("1 2 3");
    }

    [Fact]
    public async Task A_template_gives_the_topics_that_it_matches_and_no_other()
    {
        await AppendAsync(
            Content("https://example.com/books/1", "1"),
            Content("https://example.com/authors/1", "2"),
            Content("https://example.com/books/2", "3"),
            Content("x https://example.com/books/3", "4"));
        (await TextsAsync(Selectors("https://example.com/books/{id}"))).ShouldBe("1 3 4");
        (await TextsAsync(Selectors("{+any}/1"))).ShouldBe("1 2");
        (await TextsAsync(Selectors("https://example.com/books/{id}", "https://example.com/authors/1"))).ShouldBe("1 2 3 4");
    }

    [Fact]
    public async Task A_URL_Pattern_gives_the_topics_whose_URL_it_matches_however_they_are_written()
    {
        await AppendAsync(
            Content("https://example.com/books/1", "1"),
            Content("HTTPS://EXAMPLE.com:443/./books/2", "2"),
            Content("https://example.org/books/3", "3"),
            Content("/books/4", "4"),
            Content("books/5", "5"),
            Content("https:books/6", "6"),
            Content("urn:books:7", "7"));
        (await TextsAsync(Selectors("pattern=https://example.com/books/:id"))).ShouldBe("1 2");
        (await TextsAsync(Selectors("pattern=/books/:id"))).ShouldBe("4 5 6");
        (await TextsAsync(Selectors("pattern=https://*/books/:id"))).ShouldBe("1 2 3 4 5 6");
        (await TextsAsync(Selectors("urn:books:7", "pattern=https://example.org/*"))).ShouldBe("3 7");
    }

    [Fact]
    public async Task A_pattern_finds_topics_that_came_after_it_was_first_asked_for()
    {
        var matchers = Selectors("books/{id}");
        await AppendAsync(Content("books/1", "1"));
        (await TextsAsync(matchers)).ShouldBe("1");
        await AppendAsync(Content("books/2", "2"), Content("other", "3"));
        (await TextsAsync(matchers)).ShouldBe("1 2");
    }

    [Fact]
    public async Task Reading_begins_after_the_cursor()
    {
        var appended = await AppendAsync(Content("a", "1"), Content("a", "2"), Content("a", "3"));
        var read = await ReadAllAsync(Topics("a"), appended[1].Position);
        read.ShouldHaveSingleItem().Content.GetText().ShouldBe("3");
        (await ReadAllAsync(Topics("a"), appended[2].Position)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_holds_at_most_the_events_asked_for_and_says_how_far_it_came()
    {
        var appended = await AppendAsync(Content("a", "1"), Content("b", "2"), Content("a", "3"), Content("a", "4"));
        var page = await Log.ReadAsync(new LogQuery(0, Topics("a"), 2, 1_000));
        page.Events.Length.ShouldBe(2);
        page.ReadThrough.ShouldBeGreaterThanOrEqualTo(appended[2].Position);
        page.ReadThrough.ShouldBeLessThan(appended[3].Position);
    }

    [Fact]
    public async Task A_page_holds_at_most_the_bytes_asked_for_but_always_one_event()
    {
        await AppendAsync(Content("a", "12345678"), Content("a", "1234"), Content("a", "1234"), Content("a", "1"));
        (await Log.ReadAsync(new LogQuery(0, Topics("a"), 10, 5))).Events.Length.ShouldBe(1);
        (await Log.ReadAsync(new LogQuery(0, MatcherSet.All, 10, 12))).Events.Length.ShouldBe(2);
        (await ReadAllAsync(Topics("a"), 0, 10, 5)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_page_without_events_comes_to_the_head()
    {
        await AppendAsync(Content("a"), Content("a"));
        var page = await Log.ReadAsync(new LogQuery(0, Topics("nothing"), 10, 1_000));
        page.Events.ShouldBeEmpty();
        page.ReadThrough.ShouldBe(Log.Head);
    }

    [Fact]
    public async Task Sets_that_mean_nothing_read_nothing()
    {
        await AppendAsync(Content("a"));
        (await ReadAllAsync(MatcherSet.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Thousands_of_events_are_read_in_full_page_by_page()
    {
        await Log.AppendAsync([.. Enumerable.Range(0, 100).Select(i => One([.. Enumerable.Range(0, 50).Select(j => Content($"t{j}", $"{i}"))]))]);
        (await ReadAllAsync(MatcherSet.All)).Count.ShouldBe(5_000);
        (await ReadAllAsync(Selectors("t{n}"))).Count.ShouldBe(5_000);
        (await ReadAllAsync(Topics("t7"), maxEvents: 9)).Select(e => e.Content.GetText()).ShouldBe(Enumerable.Range(0, 100).Select(i => $"{i}"));
    }

    private async Task<string> TextsAsync(MatcherSet matchers) =>
        string.Join(' ', (await ReadAllAsync(matchers, maxEvents: 2)).Select(e => e.Content.GetText()));
}
