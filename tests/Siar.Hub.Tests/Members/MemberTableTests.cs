using Siar.TestKit;

namespace Siar.Hub.Tests.Members;

/// <summary>Which hubs live, as one of them sees it.</summary>
public sealed class MemberTableTests
{
    private static readonly HubId Own = new(1);
    private static readonly HubId Other = new(2);

    private readonly ManualTimeProvider _time = new();
    private readonly MemberTable _table;

    public MemberTableTests() => _table = new MemberTable(_time);

    [Fact]
    public void A_hub_counts_when_its_sign_has_been_renewed_and_no_more_when_it_was_taken_away()
    {
        _table.Live.ShouldBe(1);
        See(1);
        StateOfOther.ShouldBe(MemberState.Seen);
        _table.Live.ShouldBe(1);
        See(2);
        StateOfOther.ShouldBe(MemberState.Alive);
        _table.Live.ShouldBe(2);
        _table.See(Own, []);
        _table.Live.ShouldBe(1);
    }

    [Fact]
    public void A_hub_without_a_sign_for_six_seconds_is_silent_and_not_a_moment_before()
    {
        See(1);
        See(2);
        for (var i = 0; i < 3; i++)
        {
            UntilNext.ShouldBe(TimeSpan.FromSeconds(2));
            Advance(1.99);
            See(2);
            StateOfOther.ShouldBe(MemberState.Alive);
        }

        UntilNext.TotalSeconds.ShouldBe(0.03, 0.001);
        Advance(0.03);
        See(2);
        StateOfOther.ShouldBe(MemberState.Silent);
        _table.Live.ShouldBe(1);
        See(3);
        StateOfOther.ShouldBe(MemberState.Alive);
    }

    [Fact]
    public void One_that_was_cut_off_itself_waits_as_long_again_before_it_gives_another_up()
    {
        See(1);
        See(2);
        Advance(3);
        _table.Lose();
        _table.IsAcquainted.ShouldBeFalse();
        Advance(60);
        UntilNext.ShouldBe(TimeSpan.FromSeconds(2));
        See(2);
        StateOfOther.ShouldBe(MemberState.Alive);
        for (var i = 0; i < 2; i++)
        {
            Advance(2.4 + (i * 0.5));
            See(2);
            StateOfOther.ShouldBe(MemberState.Alive);
            _table.IsAcquainted.ShouldBe(i == 1);
        }

        Advance(0.8);
        See(2);
        StateOfOther.ShouldBe(MemberState.Silent);
    }

    [Fact]
    public void One_that_stood_still_itself_has_not_been_connected_meanwhile()
    {
        See(1);
        See(2);
        Advance(60);
        See(2);
        StateOfOther.ShouldBe(MemberState.Alive);
        for (var i = 0; i < 3; i++)
        {
            Advance(2);
            See(2);
        }

        StateOfOther.ShouldBe(MemberState.Silent);
    }

    [Fact]
    public void Clocks_on_the_wall_mean_nothing()
    {
        See(1);
        See(2);
        _time.Turn(TimeSpan.FromHours(1));
        See(2);
        StateOfOther.ShouldBe(MemberState.Alive);
        Advance(2);
        _time.Turn(TimeSpan.FromHours(-2));
        See(3);
        StateOfOther.ShouldBe(MemberState.Alive);
    }

    [Fact]
    public void A_sign_that_was_there_from_the_beginning_and_never_moves_is_silent_after_six_seconds_and_was_never_counted()
    {
        for (var i = 0; i < 3; i++)
        {
            See(7);
            StateOfOther.ShouldBe(MemberState.Seen);
            _table.Live.ShouldBe(1);
            Advance(2);
        }

        See(7);
        StateOfOther.ShouldBe(MemberState.Silent);
    }

    [Fact]
    public void What_has_ended_does_not_come_back()
    {
        See(1);
        See(2);
        _table.End(Other);
        See(3);
        StateOfOther.ShouldBe(MemberState.Ended);
        _table.Live.ShouldBe(1);
        Advance(2);
        UntilNext.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void What_no_hub_has_left_is_passed_over()
    {
        _table.See(Own, [new HubSign("not a hub", "", 1, "{}"), new HubSign(Own.ToString(), "", 1, "{}"), new HubSign(Other.ToString(), "b", 1, "not a report")]);
        _table.Members.Keys.ShouldBe([Other]);
        _table.Members[Other].Report.ShouldBe(MemberReport.None);
    }

    [Fact]
    public void A_report_comes_back_as_it_was_written_whatever_else_a_newer_hub_says()
    {
        var report = new MemberReport(10_000, DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123)) { Prefix = "/hub/\"ä", IsSettled = true };
        MemberReport.Read(report.ToString()).ShouldBe(report);
        MemberReport.Read("""{"readers":1,"since":2,"more":{}}""").ShouldBe(new MemberReport(1, DateTimeOffset.FromUnixTimeMilliseconds(2)));
        foreach (var text in new[] { "", "7", "{}", "[]", """{"readers":"x","since":2}""", """{"readers":1,"since":9223372036854775807}""" }) MemberReport.Read(text).ShouldBe(MemberReport.None);
    }

    private MemberState StateOfOther => _table.Members[Other].State;

    private TimeSpan UntilNext => _table.UntilNext(_time.GetTimestamp());

    private void Advance(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private void See(long count) => _table.See(Own, [new HubSign(Other.ToString(), "other", count, MemberReport.None.ToString())]);
}
