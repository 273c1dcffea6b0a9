using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Lanes;

/// <summary>What one class of topics dropped takes nothing away that another keeps.</summary>
public sealed class GapTests
{
    [Fact]
    public async Task Whoever_begins_with_the_earliest_gets_all_that_is_kept_and_no_gap()
    {
        var core = await StartAsync();
        var outlet = await core.SubscribeAsync(Both with { Start = Cursor.Earliest });
        outlet.Notes.ShouldBe(["news", "3", "4", "live 4"]);
    }

    [Fact]
    public async Task So_it_is_when_every_event_is_a_page_of_its_own()
    {
        var core = await StartAsync(new HubTuning { PageEvents = 1 });
        (await core.SubscribeAsync(Both with { Start = Cursor.Earliest })).Notes.ShouldBe(["news", "3", "4", "live 4"]);
        (await core.SubscribeAsync(Both with { Start = At(core, 0) })).Notes.ShouldBe(["gap Trimmed 0", "news", "3", "4", "live 4"]);
    }

    [Fact]
    public async Task After_a_gap_comes_all_that_is_kept()
    {
        var core = await StartAsync();
        (await core.SubscribeAsync(Both with { Start = At(core, 0) })).Notes.ShouldBe(["gap Trimmed 0", "news", "3", "4", "live 4"]);
        (await core.SubscribeAsync(Both with { Start = At(core, 1) })).Notes.ShouldBe(["gap Trimmed 2", "3", "4", "live 4"]);
        (await core.SubscribeAsync(TestCore.On("chat/a") with { Start = At(core, 0) })).Notes.ShouldBe(["gap Trimmed 2", "3", "4", "live 4"]);
        (await core.SubscribeAsync(TestCore.On("news") with { Start = At(core, 0) })).Notes.ShouldBe(["news", "live 4"]);
    }

    [Fact]
    public async Task After_an_unknown_id_comes_all_that_is_kept()
    {
        var core = await StartAsync();
        var outlet = await core.SubscribeAsync(Both with { Start = Cursor.After(EventId.Parse("unknown")) });
        outlet.Notes.ShouldBe(["gap UnknownId 0", "news", "3", "4", "live 4"]);
    }

    [Fact]
    public async Task Who_is_cut_off_behind_a_gap_or_in_the_midst_of_what_follows_loses_nothing()
    {
        var core = await StartAsync();
        var outlet = new TestOutlet { State = OutletState.Full };
        await core.AttachAsync(Both with { Start = At(core, 0) }, outlet);
        outlet.Notes.ShouldBe(["gap Trimmed 0"]);
        foreach (var place in new[] { 0L, 1, 2, 3 })
        {
            var again = await core.SubscribeAsync(Both with { Start = At(core, place) });
            again.Positions.ShouldBe(new[] { 1L, 3, 4 }.Where(p => p > place));
        }
    }

    [Fact]
    public async Task A_class_that_goes_on_dropping_below_a_gap_that_was_told_is_told_again()
    {
        var core = new TestCore(TwoClasses);
        foreach (var topic in new[] { "a/1", "a/2", "b/3", "b/4", "b/5", "b/6" }) await core.PublishAsync(topic, topic);
        core = new TestCore(TwoClasses, core.Log, new HubTuning { PageEvents = 1 });
        var outlet = new TestOutlet();
        await core.Hub.AttachAsync(All with { Start = At(core, 0) }, outlet, default);
        core.Lane.Turn();
        await core.Hub.Pages.RunOneAsync();
        outlet.State = OutletState.Full;
        core.Lane.Turn();
        outlet.Notes.ShouldBe(["gap Trimmed 0"]);

        foreach (var topic in new[] { "a/7", "a/8" }) await core.PublishAsync(topic, topic);
        outlet.State = OutletState.Ready;
        outlet.Signal.Writable();
        await core.SettleAsync();
        outlet.Notes.ShouldBe(["gap Trimmed 0", "gap Trimmed 2", "b/5", "b/6", "a/7", "a/8", "live 8"]);
    }

    [Fact]
    public async Task Without_signals_the_head_of_the_answer_tells_and_all_that_is_kept_follows()
    {
        var core = await StartAsync(new HubTuning { PageEvents = 1 });
        var outlet = new TestOutlet(takesSignals: false);
        using var prepared = await core.Hub.PrepareAsync(Both with { Start = At(core, 0), WhenFallenBehind = FallenBehind.Disconnect }, outlet, default);
        prepared.Subscriber.HadGap.ShouldBeTrue();
        var subscriber = prepared.Attach();
        await core.SettleAsync();
        outlet.Notes.ShouldBe(["news", "3", "4"]);
        subscriber.Ended.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_dropped_after_the_head_of_the_answer_was_written_ends_the_stream()
    {
        var core = await StartAsync();
        var outlet = new TestOutlet(takesSignals: false);
        using var prepared = await core.Hub.PrepareAsync(Both with { Start = At(core, 2), WhenFallenBehind = FallenBehind.Disconnect }, outlet, default);
        prepared.Subscriber.HadGap.ShouldBeFalse();
        await core.PublishAsync("chat/a", "5");
        var subscriber = prepared.Attach();
        await core.SettleAsync();
        subscriber.Ended.IsCompleted.ShouldBeTrue();
        (await subscriber.Ended).ShouldBe(EndReason.FellBehind);
        outlet.Notes.ShouldBe(["end"]);
    }

    [Fact]
    public async Task A_level_reader_is_told_what_another_hub_appended_and_the_log_trimmed_before_it_was_read_here()
    {
        var log = new FailingLog(maxCount: 2);
        var core = new TestCore(log: log);
        var outlet = await core.SubscribeAsync(TestCore.On("a"));
        await log.AppendAsync([new Append([.. Enumerable.Range(1, 5).Select(i => new Event(Topic.Parse("a"), $"{i}"))])]);
        await core.SettleAsync();
        outlet.Notes.ShouldBe(["live 0", "gap Trimmed 3", "4", "5"]);

        await core.PublishAsync("a", "6");
        outlet.Notes[^1].ShouldBe("6");
    }

    [Fact]
    public async Task The_end_of_a_topic_that_was_dropped_is_told_behind_what_is_kept()
    {
        var core = new TestCore(ChatKeepsTwo);
        await core.PublishAsync("news", "news");
        await core.Hub.EnqueueAsync([Event.Closing(Topic.Parse("chat/a"))], default);
        foreach (var text in new[] { "3", "4", "5" }) await core.PublishAsync("chat/b", text);
        core = new TestCore(ChatKeepsTwo, core.Log);
        var closed = """{"topic":"chat/a"}""";
        (await core.SubscribeAsync(Both with { Start = At(core, 0) })).Notes.ShouldBe(["gap Trimmed 0", "news", closed, "live 5"]);
        (await core.SubscribeAsync(Both with { Start = Cursor.Earliest })).Notes.ShouldBe(["news", closed, "live 5"]);
    }

    [Theory]
    [InlineData("quiet")]
    [InlineData("qui{et}")]
    public async Task A_reader_of_a_quiet_topic_whose_cursor_stood_still_is_told_no_gap(string selector)
    {
        var core = await BusyAsync();
        var quiet = new SubscribeRequest { Matchers = MatcherSet.Of(Matcher.FromSelector(selector)), Start = At(core, 1) };
        (await core.SubscribeAsync(quiet)).Notes.ShouldBe(["live 12"]);
        core = new TestCore(KeepThree, core.Log);
        (await core.SubscribeAsync(quiet)).Notes.ShouldBe(["live 12"]);
        (await core.SubscribeAsync(quiet with { Start = At(core, 0) })).Notes.ShouldBe(["gap Trimmed 1", "live 12"]);
        (await core.SubscribeAsync(TestCore.On("busy") with { Start = At(core, 1) })).Notes.ShouldBe(["gap Trimmed 9", "10", "11", "12", "live 12"]);
    }

    [Fact]
    public async Task A_reader_that_asked_for_no_signals_is_told_its_gap_and_nothing_else()
    {
        var core = await BusyAsync();
        var outlet = new TestOutlet(takesSignals: false, takesGaps: true);
        await core.AttachAsync(TestCore.On("busy") with { Start = At(core, 1) }, outlet);
        await core.AdvanceAsync(60);
        outlet.Notes.ShouldBe(["gap Trimmed 9", "10", "11", "12", "alive"]);
    }

    [Fact]
    public async Task What_the_limits_have_dropped_is_for_nobody_who_comes_though_it_is_in_memory()
    {
        var core = await BusyAsync();
        core.Hub.Window.Start.ShouldBe(0);
        (await core.SubscribeAsync(TestCore.On("busy") with { Start = Cursor.Earliest })).Notes.ShouldBe(["10", "11", "12", "live 12"]);
        (await core.SubscribeAsync(TestCore.On("busy") with { Start = At(core, 5) })).Notes.ShouldBe(["gap Trimmed 9", "10", "11", "12", "live 12"]);
        (await core.SubscribeAsync(All with { Start = Cursor.Earliest })).Notes.ShouldBe(["10", "11", "12", "live 12"]);
        (await core.SubscribeAsync(TestCore.On("busy") with { Start = At(core, 9) })).Notes.ShouldBe(["10", "11", "12", "live 12"]);
        core.Hub.Pages.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_reader_that_lags_while_it_reads_gets_from_memory_what_the_limits_drop_meanwhile()
    {
        var core = new TestCore(KeepThree);
        var outlet = await core.SubscribeAsync(TestCore.On("busy"));
        outlet.State = OutletState.Full;
        for (var i = 1; i <= 10; i++) await core.PublishAsync("busy", $"{i}");
        outlet.Notes.ShouldBe(["live 0", "1"]);
        outlet.State = OutletState.Ready;
        outlet.Signal.Writable();
        await core.SettleAsync();
        outlet.Notes.ShouldBe(["live 0", .. Enumerable.Range(1, 10).Select(i => $"{i}")]);
    }

    private static async Task<TestCore> BusyAsync()
    {
        var core = new TestCore(KeepThree);
        await core.PublishAsync("quiet", "quiet");
        for (var i = 2; i <= 12; i++) await core.PublishAsync("busy", $"{i}");
        return core;
    }

    private static void KeepThree(HubOptions options) => options.Retention = new RetentionLimits(3, null, null);

    private static SubscribeRequest Both => TestCore.On("news", "chat/a");

    private static SubscribeRequest All => new() { Matchers = MatcherSet.All };

    private static Cursor At(TestCore core, long position) => Cursor.After(HubEventId.Create(core.Log.Epoch, position));

    private static void ChatKeepsTwo(HubOptions options) => options.RetentionClasses.Add(new RetentionClass("chat/", new RetentionLimits(2, null, null)));

    private static void TwoClasses(HubOptions options)
    {
        options.RetentionClasses.Add(new RetentionClass("a/", new RetentionLimits(2, null, null)));
        options.RetentionClasses.Add(new RetentionClass("b/", new RetentionLimits(2, null, null)));
    }

    /// <summary>A hub that was started anew: nothing of the log is in memory. Of four events the second is dropped.</summary>
    private static async Task<TestCore> StartAsync(HubTuning? tuning = null)
    {
        var core = new TestCore(ChatKeepsTwo);
        await core.PublishAsync("news", "news");
        foreach (var text in new[] { "2", "3", "4" }) await core.PublishAsync("chat/a", text);
        return new TestCore(ChatKeepsTwo, core.Log, tuning);
    }
}
