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
        window.EvictOlderThan(DateTimeOffset.MaxValue);
        window.Start.ShouldBe(1);
    }

    private static LoggedEvent Make(long position) => new(position, Life, DateTimeOffset.UnixEpoch, new Event(Topic.Parse("a"), $"{position}"));
}
