using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests;

/// <summary>What a reader gets before it is live: the newest of each topic, or of each key.</summary>
public sealed class PreludeTests
{
    [Fact]
    public async Task The_newest_of_each_topic_come_before_what_is_live()
    {
        var core = new TestCore();
        foreach (var text in new[] { "1", "2", "3" }) await core.PublishAsync("a", text);
        await core.PublishAsync("b", "4");
        var outlet = await core.SubscribeAsync(TestCore.On("a", "b") with { Last = 2 });
        await core.PublishAsync("a", "5");
        outlet.Notes.ShouldBe(["2", "3", "4", "live 4", "5"]);
    }

    [Fact]
    public async Task The_newest_of_each_key_come_before_what_is_live()
    {
        var core = new TestCore();
        await PublishAsync(core, "x", "1");
        await PublishAsync(core, "y", "2");
        await PublishAsync(core, "x", "3");
        await core.PublishAsync("a", "without a key");
        var outlet = await core.SubscribeAsync(TestCore.On("a") with { Snapshot = true });
        await PublishAsync(core, "y", "5");
        outlet.Notes.ShouldBe(["2", "3", "live 4", "5"]);
    }

    [Fact]
    public async Task Any_cursor_beats_both()
    {
        var core = new TestCore();
        await PublishAsync(core, "x", "1");
        var second = await PublishAsync(core, "x", "2");
        await PublishAsync(core, "x", "3");
        (await core.SubscribeAsync(TestCore.On("a") with { Snapshot = true, Start = Cursor.After(second) })).Notes.ShouldBe(["3", "live 3"]);
        (await core.SubscribeAsync(TestCore.On("a") with { Last = 1, Start = Cursor.Earliest })).Notes.ShouldBe(["1", "2", "3", "live 3"]);
    }

    [Fact]
    public async Task What_is_published_while_the_prelude_is_read_is_neither_missed_nor_doubled()
    {
        var core = new TestCore(tuning: new HubTuning { PageEvents = 2 });
        for (var i = 0; i < 6; i++) await PublishAsync(core, $"{i}", $"{i}");
        var outlet = new TestOutlet();
        await core.Hub.AttachAsync(TestCore.On("a") with { Snapshot = true }, outlet, default);
        core.Lane.Turn();
        await PublishAsync(core, "1", "1 again");
        await PublishAsync(core, "new", "new");
        outlet.Notes.ShouldBe(["0", "2", "3", "4", "5", "1 again", "live 7", "new"]);
    }

    [Fact]
    public async Task A_slow_reader_gets_the_prelude_in_its_own_time()
    {
        var core = new TestCore(tuning: new HubTuning { PageEvents = 2, WriteBytes = 1 });
        for (var i = 0; i < 4; i++) await PublishAsync(core, $"{i}", $"{i}");
        var outlet = new TestOutlet { State = OutletState.Full };
        await core.AttachAsync(TestCore.On("a") with { Snapshot = true }, outlet);
        await PublishAsync(core, "3", "3 again");
        for (var i = 0; i < 9; i++)
        {
            outlet.Signal.Writable();
            await core.SettleAsync();
        }

        outlet.Notes.ShouldBe(["0", "1", "2", "3 again", "live 5"]);
    }

    [Fact]
    public async Task Private_events_that_the_reader_may_not_have_shadow_nothing()
    {
        var core = new TestCore();
        await PublishAsync(core, "x", "public");
        await PublishAsync(core, "x", "private", isPrivate: true);
        (await core.SubscribeAsync(TestCore.On("a") with { Snapshot = true })).Notes.ShouldBe(["public", "live 2"]);
        (await core.SubscribeAsync(TestCore.On("a") with { Last = 1 })).Notes.ShouldBe(["public", "live 2"]);
        (await core.SubscribeAsync(TestCore.On("a") with { Snapshot = true, Grants = MatcherSet.All })).Notes.ShouldBe(["private", "live 2"]);
    }

    [Fact]
    public async Task After_a_gap_the_snapshot_is_sent_again_and_then_all_that_is_kept()
    {
        var core = new TestCore(o => (o.Retention, o.WindowBytes) = (new RetentionLimits(2, null, null), 1));
        await PublishAsync(core, "x", "1");
        await PublishAsync(core, "y", "2");
        for (var i = 3; i < 6; i++) await core.PublishAsync("a", $"{i} {new string(' ', 300_000)}");
        var outlet = await core.SubscribeAsync(TestCore.On("a") with { Snapshot = true, Start = Cursor.After(HubEventId.Create(core.Log.Epoch, 1)) });
        outlet.Notes.Select(n => n.Trim()).ShouldBe(["gap Trimmed 0", "1", "2", "4", "5", "live 5"]);

        var again = await core.SubscribeAsync(TestCore.On("a") with { Snapshot = true, Start = Cursor.After(EventId.Parse("unknown")) });
        again.Notes.Select(n => n.Trim()).ShouldContain("1");
        again.Notes.Count(n => n.StartsWith("gap", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_page_that_was_asked_for_before_the_gap_is_not_taken_for_the_snapshot()
    {
        var core = new TestCore(o => o.Retention = new RetentionLimits(2, null, null));
        await PublishAsync(core, "x", "1");
        await PublishAsync(core, "y", "2");
        for (var i = 3; i < 6; i++) await core.PublishAsync("a", $"{i}");
        core = new TestCore(log: core.Log, tuning: new HubTuning { Messages = 1 });
        var outlet = new TestOutlet();
        await core.Hub.AttachAsync(TestCore.On("a") with { Snapshot = true, Start = Cursor.After(HubEventId.Create(core.Log.Epoch, 1)) }, outlet, default);
        core.Lane.Turn();

        // A keep-alive fills the outlet up while the page is read, and the reader asks again.
        outlet.State = OutletState.Full;
        core.Time.Advance(TimeSpan.FromSeconds(15));
        core.Lane.Turn();
        outlet.State = OutletState.Ready;
        outlet.Signal.Writable();
        core.Lane.Turn();
        await core.SettleAsync();
        outlet.Notes.ShouldBe(["alive 1", "gap Trimmed 0", "1", "2", "4", "5", "live 5"]);
    }

    [Fact]
    public async Task A_closed_topic_gives_its_newest_and_then_its_end()
    {
        var core = new TestCore();
        await PublishAsync(core, "x", "1");
        await core.Hub.EnqueueAsync([Event.Closing(Topic.Parse("a"))], default);
        await core.SettleAsync();
        (await core.SubscribeAsync(TestCore.On("a") with { Snapshot = true })).Notes.ShouldBe(["1", """{"topic":"a"}""", "live 2", "end"]);
        (await core.SubscribeAsync(TestCore.On("a") with { Last = 5 })).Notes.ShouldBe(["1", """{"topic":"a"}""", "live 2", "end"]);
    }

    private static async Task<EventId> PublishAsync(TestCore core, string key, string text, bool isPrivate = false)
    {
        var publication = await core.Hub.EnqueueAsync([new Event(Topic.Parse("a"), text) { Key = key, IsPrivate = isPrivate }], default);
        await core.SettleAsync();
        return (await publication.Done).Events[0].Id;
    }
}
