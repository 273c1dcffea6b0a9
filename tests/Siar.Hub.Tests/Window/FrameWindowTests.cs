using Siar.Topics;

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

    private static LoggedEvent Make(long position, DateTimeOffset? time = null) => new(position, Life, time ?? DateTimeOffset.UnixEpoch, new Event(Topic.Parse("a"), $"{position}"));
}
