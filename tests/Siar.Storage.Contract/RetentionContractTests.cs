using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Contract;

public abstract class RetentionContractTests(LogFixture fixture) : LogContract(fixture)
{
    protected override RetentionLimits Limits => new(10, TimeSpan.FromMinutes(10), 100);

    protected override RetentionClass[] Classes =>
    [
        new RetentionClass("jobs/", new RetentionLimits(3, null, null)),
        new RetentionClass("jobs/long/", new RetentionLimits(null, TimeSpan.FromHours(10), null)),
        new RetentionClass("secret/", new RetentionLimits(1, null, null), PrivateOnly: true),
    ];

    [Fact]
    public async Task The_oldest_events_above_the_count_are_dropped()
    {
        for (var i = 0; i < 15; i++) await AppendAsync(Content("a", $"{i}"));
        (await KeptAsync()).ShouldBe("5 6 7 8 9 10 11 12 13 14");
    }

    [Fact]
    public async Task A_log_of_one_hub_keeps_to_other_limits_of_the_same_classes_from_then_on()
    {
        for (var i = 0; i < 8; i++) await AppendAsync(Content("a", $"{i}"), Content("jobs/1", $"j{i}"));
        (await KeptAsync()).ShouldBe("0 1 2 3 4 5 j5 6 j6 7 j7");
        var others = new RetentionPlan(Limits with { MaxCount = 2 }, [.. Classes.Reverse().Select(c => c.Prefix == "jobs/" ? c with { Limits = new RetentionLimits(4, null, null) } : c)])
        {
            IdempotencyKeys = IdempotencyKeys, ClosedTopics = ClosedTopics, TrimmedTopics = TrimmedTopics,
        };

        var isTaken = Log.TryChangeLimits(others);

        // What stands in a shared log holds for all its hubs.
        isTaken.ShouldBe(Log is MemoryLog || Fixture is not SharedLogFixture);
        if (!isTaken) return;
        (await KeptAsync()).ShouldBe("j5 6 j6 7 j7");
        await AppendAsync(Content("jobs/1", "j8"), Content("jobs/1", "j9"));
        (await KeptAsync()).ShouldBe("6 j6 7 j7 j8 j9");
        Log.TryChangeLimits(new RetentionPlan(Limits, [])).ShouldBeFalse();
        if (!Fixture.IsDurable) return;
        await ReopenAsync();
        Log.Plan.IsSameAs(others).ShouldBeFalse();
    }

    [Fact]
    public async Task Bytes_of_data_and_topics_count()
    {
        for (var i = 0; i < 5; i++) await AppendAsync(Content("abcdefghij", $"{i} {new string('x', 28)}"));
        (await KeptAsync()).ShouldBe("3 4");
        await AppendAsync(Content("a", new string('y', 101)));
        (await KeptAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_that_are_too_old_are_dropped_though_nothing_is_appended()
    {
        await AppendAsync(Content("a", "old"));
        Fixture.Time.Advance(TimeSpan.FromMinutes(6));
        await AppendAsync(Content("a", "new"), Content("jobs/long/1", "long"));
        (await KeptAsync()).ShouldBe("old new long");
        Fixture.Time.Advance(TimeSpan.FromMinutes(6));
        (await KeptAsync()).ShouldBe("new long");
        Fixture.Time.Advance(TimeSpan.FromMinutes(60));
        (await KeptAsync()).ShouldBe("long");
    }

    [Fact]
    public async Task An_event_from_the_future_goes_at_its_age_counted_from_when_the_clock_was_set_right()
    {
        Fixture.Time.Turn(TimeSpan.FromDays(10_000));
        await AppendAsync(Content("a", "future"));
        Fixture.Time.Turn(-TimeSpan.FromDays(10_000));
        await AppendAsync(Content("a", "behind"));
        await Fixture.SettleAsync(Log);
        Fixture.Time.Advance(TimeSpan.FromMinutes(6));
        if (Fixture.IsDurable) await ReopenAsync();
        (await KeptAsync()).ShouldBe("future behind");
        Fixture.Time.Advance(TimeSpan.FromMinutes(6));
        (await KeptAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_class_keeps_its_own_and_the_longest_prefix_wins()
    {
        for (var i = 0; i < 5; i++) await AppendAsync(Content("jobs/1", $"j{i}"), Content("jobs/long/1", $"l{i}"), Content("a", $"a{i}"));
        (await KeptAsync()).ShouldBe("l0 a0 l1 a1 j2 l2 a2 j3 l3 a3 j4 l4 a4");
    }

    [Fact]
    public async Task The_canonical_topic_decides_the_class()
    {
        for (var i = 0; i < 5; i++) await AppendAsync(Content("jobs/1 a", $"j{i}"), Content("a jobs/1", $"a{i}"));
        (await KeptAsync()).ShouldBe("a0 a1 j2 a2 j3 a3 j4 a4");
        (await ReadAllAsync(Topics("jobs/1"))).Count.ShouldBe(8);
    }

    [Fact]
    public async Task A_gap_is_told_only_to_those_whom_it_may_concern()
    {
        var jobs = new List<LoggedEvent>();
        for (var i = 0; i < 5; i++) jobs.AddRange(await AppendAsync(Content("jobs/1", $"j{i}"), Content("a", $"a{i}")));
        await Fixture.SettleAsync(Log);

        var lost = jobs[2].Position;
        Floor(Topics("jobs/1")).ShouldBe(lost);
        Floor(Topics("jobs/2")).ShouldBe(0);
        Floor(Topics("a")).ShouldBe(0);
        Floor(Topics("a", "jobs/1")).ShouldBe(lost);
        Floor(Topics("jobs/long/1")).ShouldBe(0);
        Floor(MatcherSet.All).ShouldBe(lost);
        Floor(Selectors("x/{y}")).ShouldBe(0);
        Floor(Selectors("jobs/{n}")).ShouldBe(lost);
    }

    [Fact]
    public async Task A_lost_event_with_alternates_concerns_their_readers_as_well()
    {
        var lost = await AppendAsync(Content("jobs/1 a"));
        for (var i = 0; i < 4; i++) await AppendAsync(Content("jobs/1"));
        await Fixture.SettleAsync(Log);
        Floor(Topics("a")).ShouldBe(lost[0].Position);
    }

    [Fact]
    public async Task A_lost_private_event_concerns_nobody_without_a_grant_on_its_class()
    {
        var lost = await AppendAsync(Content("secret/1", isPrivate: true), Content("secret/1", isPrivate: true));
        await Fixture.SettleAsync(Log);
        Log.Trimmed.Floor(MatcherSet.All, MatcherSet.None).ShouldBe(0);
        Log.Trimmed.Floor(MatcherSet.All, Topics("a")).ShouldBe(0);
        Log.Trimmed.Floor(MatcherSet.All, Topics("secret/2")).ShouldBe(lost[0].Position);
    }

    [Fact]
    public async Task A_lost_private_event_of_a_topic_takes_nothing_from_a_reader_without_any_grant()
    {
        var lost = new List<LoggedEvent>();
        for (var i = 0; i < 12; i++) lost.AddRange(await AppendAsync(Content("a", isPrivate: i > 0)));
        await Fixture.SettleAsync(Log);
        Log.Trimmed.Floor(Topics("a"), MatcherSet.None).ShouldBe(lost[0].Position);
        Log.Trimmed.Floor(Topics("a"), Topics("a")).ShouldBe(lost[1].Position);
    }

    [Fact]
    public async Task A_reader_of_a_quiet_topic_goes_on_after_its_last_event_however_much_is_dropped()
    {
        var last = (await AppendAsync(Content("quiet", id: "last")))[0];
        for (var i = 0; i < 40; i++) await AppendAsync(Content("busy"));
        await Fixture.SettleAsync(Log);
        if (Fixture.IsDurable) await ReopenAsync();

        Floor(Topics("quiet")).ShouldBe(last.Position);
        (await Log.ResolveAsync(last.Id)).ShouldBe(new ResolvedCursor(last.Position, null));
        Floor(Topics("never")).ShouldBe(0);
        Floor(Topics("busy")).ShouldBe(Log.Head - 10);
        (await Log.ReadAsync(new LogQuery(0, Topics("quiet"), 10, 100))).Trimmed.Floor(Topics("quiet"), MatcherSet.None).ShouldBe(last.Position);
    }

    [Fact]
    public async Task The_head_stays_when_everything_is_dropped()
    {
        var appended = await AppendAsync(Content("a"));
        Fixture.Time.Advance(TimeSpan.FromHours(1));
        (await KeptAsync()).ShouldBeEmpty();
        Log.Head.ShouldBe(appended[0].Position);
        (await AppendAsync(Content("a")))[0].Position.ShouldBeGreaterThan(appended[0].Position);
    }

    [Fact]
    public async Task A_page_says_what_was_dropped_when_it_was_read()
    {
        for (var i = 0; i < 15; i++) await AppendAsync(Content("a", $"{i}"));
        await Fixture.SettleAsync(Log);
        var page = await Log.ReadAsync(new LogQuery(0, Topics("a"), 100, 10_000));
        page.Trimmed.Floor(Topics("a"), MatcherSet.None).ShouldBeInRange(1, page.Events[0].Position - 1);
    }

    private long Floor(MatcherSet matchers) => Log.Trimmed.Floor(matchers, MatcherSet.All);

    private async Task<string> KeptAsync()
    {
        await Fixture.SettleAsync(Log);
        return string.Join(' ', (await ReadAllAsync(MatcherSet.All)).Select(e => e.Content.GetText().Split(' ')[0]));
    }
}
