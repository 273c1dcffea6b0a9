using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Lanes;

/// <summary>A reader that comes from a hub which is ahead of this one waits here, and is told no gap.</summary>
public sealed class AheadTests
{
    private readonly MemoryLog _shared = new(new RetentionLimits(null, null, null), [], TimeProvider.System);
    private readonly HeldBackLog _behind;
    private readonly TestCore _ahead;
    private readonly TestCore _core;

    public AheadTests()
    {
        _behind = new HeldBackLog(_shared);
        _ahead = new TestCore(log: _shared);
        _core = new TestCore(log: _behind);
    }

    [Fact]
    public async Task It_goes_on_where_the_other_hub_left_it_as_soon_as_this_hub_is_there()
    {
        for (var i = 1; i <= 3; i++) await _ahead.PublishAsync("a", $"{i}");
        var last = await _ahead.PublishAsync("a", "4");
        var outlet = await _core.SubscribeAsync(TestCore.On("a") with { Start = Cursor.After(last.Id) });
        outlet.Notes.ShouldBeEmpty();

        await _core.AdvanceAsync(60);
        outlet.Notes.ShouldAllBe(note => note.StartsWith("alive"));
        outlet.Notes.Clear();
        _behind.CatchUp();
        await _core.SettleAsync();
        outlet.Notes.ShouldBe(["live 4"]);

        await _ahead.PublishAsync("a", "5");
        _behind.CatchUp();
        await _core.SettleAsync();
        outlet.Notes.ShouldBe(["live 4", "5"]);
    }

    [Fact]
    public async Task An_id_of_a_publisher_that_this_hub_has_not_seen_yet_is_no_gap()
    {
        await _ahead.PublishAsync("a", "1");
        await _ahead.Hub.EnqueueAsync([new Event(Topic.Parse("a"), "2") { Id = EventId.Parse("own") }], default);
        await _ahead.SettleAsync();
        using var prepared = await _core.Hub.PrepareAsync(TestCore.On("a") with { Start = Cursor.After(EventId.Parse("own")) }, new TestOutlet(), default);
        (prepared.Subscriber.HadGap, prepared.Subscriber.Cursor).ShouldBe((false, 2));
    }

    [Fact]
    public async Task A_position_that_the_engine_does_not_have_is_a_gap()
    {
        await _ahead.PublishAsync("a", "1");
        _behind.CatchUp();
        var outlet = await _core.SubscribeAsync(TestCore.On("a") with { Start = Cursor.After(HubEventId.Create(_shared.Epoch, 9)) });
        outlet.Notes.ShouldBe(["gap UnknownId 0", "1", "live 1"]);
    }

    [Fact]
    public async Task Readers_of_both_hubs_get_one_order_whoever_publishes()
    {
        var there = await _ahead.SubscribeAsync(TestCore.On("a"));
        var here = await _core.SubscribeAsync(TestCore.On("a"));
        for (var i = 0; i < 10; i++)
        {
            await (i % 2 == 0 ? _ahead : _core).PublishAsync("a", $"{i}");
            if (i % 3 == 0) _behind.CatchUp();
            await _core.SettleAsync();
            await _ahead.SettleAsync();
        }

        _behind.CatchUp();
        await _core.SettleAsync();
        here.Notes.ShouldBe(["live 0", .. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        there.Notes.ShouldBe(here.Notes);
    }
}
