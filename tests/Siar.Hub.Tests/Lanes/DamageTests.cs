using Siar.Topics;

namespace Siar.Hub.Tests.Lanes;

/// <summary>What the log cannot read is a gap in its place, and what is behind it follows.</summary>
public sealed class DamageTests
{
    private readonly FailingLog _log = new();
    private readonly TestCore _core;
    private readonly List<Exception> _failures = [];

    public DamageTests()
    {
        _log.AppendAsync([new Append([.. Enumerable.Range(1, 5).Select(i => new Event(Topic.Parse("a"), $"{i}"))])]).AsTask().GetAwaiter().GetResult();
        _log.Damaged = 3;
        _core = new TestCore(log: _log);
        _core.Hub.Metrics.OnFailure = _failures.Add;
    }

    [Fact]
    public async Task A_reader_is_told_and_goes_on_behind_it()
    {
        var outlet = await _core.SubscribeAsync(TestCore.On("a") with { Start = Cursor.Earliest });
        outlet.Notes.ShouldBe(["1", "2", "gap Damaged 3", "4", "5", "live 5"]);
        _core.Hub.Pages.DamagedThrough.ShouldBe(3);
        _failures.ShouldHaveSingleItem().Message.ShouldBe("The event at position 3 cannot be read.");

        await _core.PublishAsync("a", "6");
        outlet.Notes[^1].ShouldBe("6");
    }

    [Fact]
    public async Task A_reader_that_begins_with_the_newest_is_told_as_well()
    {
        var outlet = await _core.SubscribeAsync(TestCore.On("a") with { Last = 4 });
        outlet.Notes.ShouldBe(["2", "gap Damaged 3", "4", "5", "live 5"]);
    }

    [Fact]
    public async Task A_reader_that_only_the_head_of_an_answer_can_tell_is_ended_and_told_when_it_comes_back()
    {
        var request = TestCore.On("a") with { Start = Cursor.After(HubEventId.Create(_log.Epoch, 1)) };
        var first = new TestOutlet(takesSignals: false);
        var ended = await _core.AttachAsync(request, first);
        first.Notes.Count.ShouldBe(2);
        first.Notes[0].ShouldBe("2");
        first.Notes[1].ShouldStartWith("end retry");
        (await ended.Ended).ShouldBe(EndReason.Failed);

        using var prepared = await _core.Hub.PrepareAsync(request with { Start = Cursor.After(HubEventId.Create(_log.Epoch, 2)) }, first, default);
        prepared.Subscriber.HadGap.ShouldBeTrue();
        first.Notes.Clear();
        prepared.Attach();
        await _core.SettleAsync();
        first.Notes.ShouldBe(["4", "5"]);
    }

    /// <summary>What the head of an answer told was before the stream: damage that a reader meets after it was live is another gap.</summary>
    [Fact]
    public async Task A_reader_that_the_head_told_of_one_gap_is_not_kept_in_the_dark_about_a_later_one()
    {
        var core = new TestCore(log: _log, window: new FrameWindow(5, 400, blockBytes: 200, blockEntries: 1));
        var request = TestCore.On("a") with { Start = Cursor.After(HubEventId.Create(_log.Epoch, 2)) };
        await core.SubscribeAsync(TestCore.On("a") with { Start = Cursor.Earliest });
        var outlet = new TestOutlet(takesSignals: false);
        var subscriber = await core.AttachAsync(request, outlet);
        subscriber.HadGap.ShouldBeTrue();
        await core.PublishAsync("a", "6");
        outlet.Notes.ShouldBe(["4", "5", "6"]);

        outlet.State = OutletState.Full;
        await core.PublishAsync("a", "7");
        for (var i = 8; i < 12; i++) await core.PublishAsync("a", new string('x', 150));
        _log.Damaged = 9;
        outlet.State = OutletState.Ready;
        outlet.Signal.Writable();
        await core.SettleAsync();
        (await subscriber.Ended).ShouldBe(EndReason.Failed);
    }

    [Fact]
    public async Task A_second_damaged_place_is_told_as_well_where_only_the_head_of_an_answer_can_tell()
    {
        await _core.SubscribeAsync(TestCore.On("a") with { Start = Cursor.Earliest });
        _log.Damaged = 5;
        var outlet = new TestOutlet(takesSignals: false);
        var subscriber = await _core.AttachAsync(TestCore.On("a") with { Start = Cursor.After(HubEventId.Create(_log.Epoch, 1)) }, outlet);
        subscriber.HadGap.ShouldBeTrue();
        (await subscriber.Ended).ShouldBe(EndReason.Failed);
        outlet.Notes[..3].ShouldBe(["2", "3", "4"]);
        outlet.Notes[3].ShouldStartWith("end retry");

        var again = new TestOutlet(takesSignals: false);
        (await _core.AttachAsync(TestCore.On("a") with { Start = Cursor.After(HubEventId.Create(_log.Epoch, 4)) }, again)).HadGap.ShouldBeTrue();
        await _core.PublishAsync("a", "6");
        again.Notes.ShouldBe(["6"]);
    }

    [Fact]
    public async Task What_another_hub_appended_and_cannot_be_read_is_told_to_those_who_are_level()
    {
        var log = new FailingLog();
        var core = new TestCore(log: log);
        var outlet = await core.SubscribeAsync(TestCore.On("a"));
        await log.AppendAsync([new Append([.. Enumerable.Range(1, 3).Select(i => new Event(Topic.Parse("a"), $"{i}"))])]);
        log.Damaged = 2;
        await core.SettleAsync();
        outlet.Notes.ShouldBe(["live 0", "1", "gap Damaged 2", "3"]);
    }
}
