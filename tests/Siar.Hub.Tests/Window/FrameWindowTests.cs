using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Window;

public sealed class FrameWindowTests
{
    private static readonly Epoch Life = Epoch.New();

    [Fact]
    public void An_event_that_is_in_it_already_is_not_taken_again()
    {
        var window = new FrameWindow(0, 1_000_000);
        window.Append(Make(1));
        window.Append(Make(2));
        window.Append(Make(1));
        window.Append(Make(2));
        window.Append(Make(3));
        window.Blocks.Sum(b => b.Count).ShouldBe(3);
    }

    [Fact]
    public void What_was_let_go_of_before_it_was_shown_is_not_claimed()
    {
        var window = new FrameWindow(0, 1_000_000);
        window.Append(Make(1));
        window.EvictOlderThan(DateTimeOffset.MaxValue, new EventAges(DateTimeOffset.MinValue));
        window.Start.ShouldBe(1);
    }

    [Fact]
    public void An_event_from_the_future_stays_in_memory_for_its_age_and_no_longer()
    {
        var window = new FrameWindow(0, 1_000_000);
        var ages = new EventAges(DateTimeOffset.MinValue);
        window.Append(Make(1, DateTimeOffset.UnixEpoch.AddYears(30)));
        ages.Note(DateTimeOffset.UnixEpoch.AddYears(30));
        ages.See(DateTimeOffset.UnixEpoch.AddHours(1), head: 1).ShouldBeTrue();
        window.EvictOlderThan(DateTimeOffset.UnixEpoch.AddHours(1), ages);
        window.Start.ShouldBe(0);
        window.EvictOlderThan(DateTimeOffset.UnixEpoch.AddHours(2), ages);
        window.Start.ShouldBe(1);
    }

    [Fact]
    public void It_begins_anew_after_a_position_and_takes_what_comes_after()
    {
        var window = new FrameWindow(0, 1_000_000);
        window.Append(Make(1));
        window.BeginAfter(1);
        window.Start.ShouldBe(0);
        window.BeginAfter(5);
        window.Append(Make(4));
        window.Append(Make(6));
        (window.Start, window.Blocks.Sum(b => b.Count), window.Find(6)?.Position).ShouldBe((5, 1, 6));
    }

    [Fact]
    public void An_id_is_looked_for_in_every_block_without_allocating()
    {
        var window = new FrameWindow(0, 1_000_000, blockEntries: 4);
        for (var i = 1; i <= 100; i++) window.Append(Make(i, $"id-{i % 50}"));
        window.Find(EventId.Parse("id-3")).ShouldBe(3);
        window.Find(EventId.Parse("id-0")).ShouldBe(50);
        var unknown = EventId.Parse("unknown");
        Allocations.OfCheapestRound(() => window.Find(unknown)).ShouldBe(0);
    }

    private static LoggedEvent Make(long position, string id) =>
        new(position, Life, DateTimeOffset.UnixEpoch, new Event(Topic.Parse("a"), $"{position}") { Id = EventId.Parse(id) });

    private static LoggedEvent Make(long position, DateTimeOffset? time = null) => new(position, Life, time ?? DateTimeOffset.UnixEpoch, new Event(Topic.Parse("a"), $"{position}"));
}
