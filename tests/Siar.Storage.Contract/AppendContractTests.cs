using System.Text;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Contract;

public abstract class AppendContractTests(LogFixture fixture) : LogContract(fixture)
{
    [Fact]
    public async Task An_empty_log_has_its_head_at_zero()
    {
        Log.Head.ShouldBe(0);
        (await ReadAllAsync(MatcherSet.All)).ShouldBeEmpty();
        Log.Trimmed.Floor(MatcherSet.All, MatcherSet.All).ShouldBe(0);
    }

    [Fact]
    public async Task Positions_begin_at_one_or_later_and_rise_in_the_order_of_the_batch()
    {
        var batch = await Log.AppendAsync([One(Content("a", "1"), Content("b", "2")), One(Content("a", "3"))]);

        var events = batch.SelectMany(r => r.Events).ToList();
        events.Select(e => e.Content.GetText()).ShouldBe(["1", "2", "3"]);
        events.Select(e => e.Position).ShouldBe(events.Select(e => e.Position).Distinct().Order());
        events[0].Position.ShouldBeGreaterThan(0);
        Log.Head.ShouldBe(events[^1].Position);
    }

    [Fact]
    public async Task What_is_appended_is_read_back_whole()
    {
        var whole = new Event([Topic.Parse("https://example.com/ä?q#f"), Topic.Parse("alternate")], Encoding.UTF8.GetBytes("two\nlines \0 €"))
        {
            Id = EventId.Parse("urn:x:1"),
            Type = EventType.Parse("kind"),
            RetryMilliseconds = 1_500,
            IsPrivate = true,
            Key = "key",
        };
        var appended = await AppendAsync(whole, Content("a", ""));
        var read = await ReadAllAsync(MatcherSet.All);

        read.Count.ShouldBe(2);
        for (var i = 0; i < 2; i++) ShouldBeSame(read[i], appended[i]);
    }

    [Fact]
    public async Task The_hubs_own_events_are_read_back_with_their_reserved_type()
    {
        var own = Event.Reserved([Topic.Parse("a")], Encoding.UTF8.GetBytes("{}"), EventType.Parse("siar.test"));
        var appended = await AppendAsync(own);
        ShouldBeSame((await ReadAllAsync(MatcherSet.All))[0], appended[0]);
    }

    [Fact]
    public async Task An_event_carries_the_time_at_which_it_was_appended()
    {
        Fixture.Time.Advance(TimeSpan.FromMinutes(3));
        var appended = await AppendAsync(Content("a"));
        appended[0].Time.ShouldBe(Fixture.Time.GetUtcNow());
    }

    [Fact]
    public async Task A_large_event_is_kept_whole()
    {
        var text = new string('x', 1 << 20);
        await AppendAsync(Content("a", text));
        (await ReadAllAsync(Topics("a")))[0].Content.GetText().ShouldBe(text);
    }

    [Fact]
    public async Task A_batch_that_was_cancelled_before_it_began_is_not_kept()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await Log.AppendAsync([One(Content("a"))], cancelled.Token));
        (await ReadAllAsync(MatcherSet.All)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Reading_goes_on_while_events_are_appended()
    {
        var appending = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++) await AppendAsync(Content(i % 2 == 0 ? "a" : "b", i.ToString()));
        });
        var after = 0L;
        var read = new List<LoggedEvent>();
        while (read.Count < 150)
        {
            var page = await Log.ReadAsync(new LogQuery(after, Topics("a"), 7, 1_000));
            page.ReadThrough.ShouldBeLessThanOrEqualTo(Log.Head);
            read.AddRange(page.Events);
            after = page.ReadThrough;
        }

        await appending;
        read.Select(e => e.Content.GetText()).ShouldBe(Enumerable.Range(0, 150).Select(i => (i * 2).ToString()));
    }
}
