using Siar.Topics;

namespace Siar.Hub.Tests.Lanes;

/// <summary>What an engine has lost is told as another epoch, and no position means two events to a reader.</summary>
public sealed class LostEpochTests
{
    private readonly FailoverLog _log = new();
    private readonly TestCore _core;
    private readonly List<Exception> _failures = [];

    public LostEpochTests()
    {
        _core = new TestCore(log: _log);
        _core.Hub.Metrics.OnFailure = _failures.Add;
    }

    [Fact]
    public async Task A_live_reader_is_ended_and_told_when_it_comes_back()
    {
        var outlet = await _core.SubscribeAsync(TestCore.On("a"));
        for (var i = 1; i <= 5; i++) await _core.PublishAsync("a", $"{i}");
        var last = HubEventId.Create(_log.Epoch, 5);

        await _log.FailOverAsync(3);
        await FollowAsync();
        outlet.Notes[^1].ShouldStartWith("end retry");
        _failures.ShouldHaveSingleItem().Message.ShouldStartWith("The log has lost what stood behind position 3");

        await _core.PublishAsync("a", "4 anew");
        var again = await _core.SubscribeAsync(TestCore.On("a") with { Start = Cursor.After(last) });
        again.Notes.ShouldBe(["gap OtherEpoch 3", "4 anew", "live 4"]);
        await _core.PublishAsync("a", "5 anew");
        again.Notes[^1].ShouldBe("5 anew");
    }

    [Fact]
    public async Task A_lane_that_looks_when_the_positions_are_given_anew_takes_none_for_another()
    {
        var outlet = await _core.SubscribeAsync(TestCore.On("a"));
        for (var i = 1; i <= 5; i++) await _core.PublishAsync("a", $"{i}");
        var before = outlet.Notes.Count;

        await _log.FailOverAsync(3);
        for (var i = 4; i <= 8; i++) await _log.AppendAsync([new Append([new Event(Topic.Parse("a"), $"{i} anew")])]);
        await FollowAsync();
        outlet.Notes.Skip(before).ShouldHaveSingleItem().ShouldStartWith("end retry");
    }

    [Fact]
    public async Task A_reader_whose_cursor_was_found_before_is_ended_too()
    {
        for (var i = 1; i <= 5; i++) await _core.PublishAsync("a", $"{i}");
        var outlet = new TestOutlet();
        using var prepared = await _core.Hub.PrepareAsync(TestCore.On("a"), outlet, default);
        await _log.FailOverAsync(3);
        await FollowAsync();
        prepared.Attach();
        await _core.SettleAsync();
        outlet.Notes.ShouldHaveSingleItem().ShouldStartWith("end retry");
    }

    [Fact]
    public async Task Where_nothing_was_lost_readers_stay_and_ids_of_both_epochs_lead_on()
    {
        var outlet = await _core.SubscribeAsync(TestCore.On("a"));
        var first = await _core.PublishAsync("a", "1");
        await _log.FailOverAsync(1);
        await _core.SettleAsync();
        var second = await _core.PublishAsync("a", "2");
        outlet.Notes.ShouldBe(["live 0", "1", "2"]);
        second.Epoch.ShouldNotBe(first.Epoch);

        (await _core.SubscribeAsync(TestCore.On("a") with { Start = Cursor.After(first.Id) })).Notes.ShouldBe(["2", "live 2"]);
        (await _core.SubscribeAsync(TestCore.On("a") with { Start = Cursor.After(second.Id) })).Notes.ShouldBe(["live 2"]);
    }

    // One page that tells of the loss, and what comes behind it.
    private async Task FollowAsync()
    {
        await _core.Hub.Follower.TakeAsync();
        await _core.SettleAsync();
    }
}
