using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Log;

/// <summary>A change of the log in memory that breaks off half done, wherever: nothing is lost in silence, for the log says that it is over, and neither takes nor gives anything more.</summary>
public sealed class MemoryLogFaultTests
{
    private static readonly RetentionLimits Little = new(10, null, null);
    private readonly ManualTimeProvider _time = new();
    private int _stepsLeft = int.MaxValue;

    public static TheoryData<int> Steps => [.. Enumerable.Range(0, 7)];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task An_append_that_breaks_off_ends_the_log(int step)
    {
        await using var log = Open();
        for (var i = 0; i < 8; i++) await log.AppendAsync([Batch(i)]);
        _stepsLeft = step;

        // Four events go beyond the limit, so that the steps of adding come first, then those of trimming, then the last one.
        var failure = await Should.ThrowAsync<LogUnavailableException>(async () => await log.AppendAsync([Batch(8), Batch(9), Batch(10), Batch(11)]));
        _stepsLeft = int.MaxValue;

        failure.MayBeKept.ShouldBeFalse();
        failure.InnerException.ShouldBeOfType<InvalidOperationException>();
        log.Head.ShouldBe(8);
        log.Health.State.ShouldBe(LogState.Unavailable);
        log.Health.NeedsRestart.ShouldBeTrue();
        log.Health.Sentence!.ShouldContain("restart the hub");
        await ShouldGiveNothingAsync(log);
        (await Should.ThrowAsync<LogUnavailableException>(async () => await log.AppendAsync([Batch(12)]))).MayBeKept.ShouldBeFalse();
        _time.Advance(TimeSpan.FromDays(1));
        await log.MaintainAsync();
        log.Head.ShouldBe(8);
    }

    [Fact]
    public async Task Maintenance_that_breaks_off_ends_the_log_too()
    {
        await using var log = Open();
        for (var i = 0; i < 8; i++) await log.AppendAsync([Batch(i)]);
        _time.Advance(TimeSpan.FromHours(2));
        _stepsLeft = 3;

        await Should.ThrowAsync<LogUnavailableException>(async () => await log.MaintainAsync());

        log.Health.NeedsRestart.ShouldBeTrue();
        await ShouldGiveNothingAsync(log);
    }

    [Fact]
    public async Task A_log_in_which_nothing_broke_is_well()
    {
        await using var log = Open();
        for (var i = 0; i < 30; i++) await log.AppendAsync([Batch(i)]);
        log.Health.ShouldBe(LogHealth.Available);
    }

    private static Append Batch(int i) => new([new Event(Topic.Parse($"t/{i % 3}"), $"{i}")]);

    private static async Task ShouldGiveNothingAsync(MemoryLog log)
    {
        MatcherSet[] wanted = [MatcherSet.All, MatcherSet.Of(Matcher.Exact(Topic.Parse("t/1")))];
        foreach (var matchers in wanted)
        {
            await Should.ThrowAsync<LogUnavailableException>(async () => await log.ReadAsync(new LogQuery(0, matchers, 100, 1 << 20)));
            await Should.ThrowAsync<LogUnavailableException>(async () => await log.ReadAsync(new LogQuery(0, matchers, 100, 1 << 20) { Selection = new EventSelection(1, MatcherSet.None, log.Head) }));
        }

        await Should.ThrowAsync<LogUnavailableException>(async () => await log.ResolveAsync(EventId.Parse("mine")));
    }

    private MemoryLog Open() => new(Little with { MaxAge = TimeSpan.FromHours(1) }, [], _time) { OnStep = Step };

    private void Step()
    {
        if (_stepsLeft-- == 0) throw new InvalidOperationException("no more");
    }
}
