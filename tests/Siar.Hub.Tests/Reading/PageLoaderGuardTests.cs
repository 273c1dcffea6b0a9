using Siar.Topics;

namespace Siar.Hub.Tests.Reading;

/// <summary>A lane that cannot be told of a page harms its own reader only: the loop that reads the log goes on.</summary>
public sealed class PageLoaderGuardTests
{
    private readonly TestCore _core = new();
    private readonly List<Exception> _failures = [];

    [Fact]
    public async Task A_lane_that_fails_when_it_is_told_neither_ends_the_loop_nor_keeps_the_page_from_others()
    {
        await _core.PublishAsync("a", "x");
        var readers = new PageLoader(_core.Log, 1 << 20, HubTuning.Default, _failures.Add, () => { });
        var well = new NotingInbox();
        var key = new PageKey(MatcherSet.All, 0);

        // More often than there are pages that may be out at once: no place is lost.
        for (var i = 0; i < 100; i++)
        {
            readers.Request(Reader(well), new FailingInbox(), key);
            readers.Request(Reader(well), well, key);
            (await readers.RunOneAsync().AsTask().WaitAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
            well.Pages[^1].ShouldNotBeNull().Release();
        }

        well.Pages.Count.ShouldBe(100);
        _failures.Count.ShouldBe(100);
        readers.Waiting.ShouldBe(0);
    }

    private static Subscriber Reader(ILaneInbox inbox) => new(TestCore.On("a"), new TestOutlet(), inbox);

    private sealed class FailingInbox : ILaneInbox
    {
        public void Post(LaneMessage message) => throw new InvalidOperationException("The lane cannot be told.");
    }

    private sealed class NotingInbox : ILaneInbox
    {
        public List<SharedPage?> Pages { get; } = [];

        public void Post(LaneMessage message) => Pages.Add(message.Page);
    }
}
