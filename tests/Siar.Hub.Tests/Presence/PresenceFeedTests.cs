using Siar.Topics;

namespace Siar.Hub.Tests.Presence;

/// <summary>When comings and goings are told, and what a listener is told where they were not.</summary>
public sealed class PresenceFeedTests
{
    private const string Prefix = "/hub/subscriptions/";

    private static readonly SubscribeRequest Listener = new() { Matchers = MatcherSet.All, Grants = MatcherSet.All };

    [Fact]
    public async Task A_crowd_that_comes_and_goes_is_never_before_a_publisher_and_leaves_no_more_than_its_rate()
    {
        var core = NewCore();
        await ListenAsync(core, Listener);
        for (var round = 0; round < 200; round++)
        {
            // Four clients of one address that open and close a hundred topics each; two of them are still there when the publisher comes.
            var crowd = Enumerable.Range(0, 4).Select(i => new TestEntry($"{round}-{i}", 100) { Address = "192.0.2.1" }).ToList();
            foreach (var entry in crowd) Feed(core).Enter(entry);
            foreach (var entry in crowd.Take(2)) Feed(core).Leave(entry);
            Feed(core).Waiting.ShouldBeLessThanOrEqualTo(20_000);
            Feed(core).WaitingBytes.ShouldBe(Feed(core).Waiting * TestEntry.Bytes);

            var head = core.Log.Head;
            var told = Feed(core).TellSomeAsync();
            var publication = await core.Hub.EnqueueAsync([new Event(Topic.Parse("a"), "published")], default);
            await core.Hub.Sequencer.RunBatchAsync();
            await told;
            (await publication.Done).Events[0].Position.ShouldBe(head + 1);
            core.Log.Head.ShouldBeInRange(head + 1, head + 1 + PresenceFeed.ShareEvents);
            foreach (var entry in crowd.Skip(2)) Feed(core).Leave(entry);
        }

        await core.SettleAsync();
        // The clock stands still: no more than what could be saved up.
        core.Log.Head.ShouldBeInRange(200 + 500, 200 + 1_000);
        Feed(core).Waiting.ShouldBeLessThan(1_000);
    }

    [Fact]
    public async Task Nothing_is_told_while_nobody_has_listened_for_five_minutes_and_who_goes_on_from_before_is_told_where()
    {
        var core = NewCore();
        var first = await ListenAsync(core, Listener);
        var entry = new TestEntry("a", 1);
        await EnterAsync(core, entry);
        first.Notes.ShouldBe(["live 0", "a came"]);
        first.Subscriber!.Close(EndReason.Requested);
        await core.SettleAsync();

        await core.AdvanceAsync(299);
        await EnterAsync(core, new TestEntry("b", 1));
        core.Log.Head.ShouldBe(2);
        await core.AdvanceAsync(1);
        await LeaveAsync(core, entry);
        await EnterAsync(core, new TestEntry("c", 1));
        await core.PublishAsync("published", "x");
        core.Log.Head.ShouldBe(3);

        var second = await ListenAsync(core, Listener with { Start = After(core, 1) });
        await EnterAsync(core, new TestEntry("d", 1));
        second.Notes.ShouldBe(["b came", "x", "gap PresencePaused 4", "live 4", "d came"]);
    }

    [Fact]
    public async Task Over_a_log_that_hubs_share_it_is_told_though_nobody_listens_here_since_somebody_may_at_another_hub()
    {
        var core = NewCore(log: new FailingLog { IsShared = true });
        await core.AdvanceAsync(3_600);
        await EnterAsync(core, new TestEntry("a", 1));
        core.Log.Head.ShouldBe(1);
    }

    [Fact]
    public async Task Where_nothing_was_left_untold_there_is_no_gap_however_long_nobody_listened()
    {
        var core = NewCore();
        await EnterAsync(core, new TestEntry("a", 1));
        await core.AdvanceAsync(3_600);
        var listener = await ListenAsync(core, Listener with { Start = After(core, 1) });
        listener.Notes.ShouldBe(["live 1"]);
    }

    [Fact]
    public async Task One_that_begins_with_what_is_new_has_missed_nothing()
    {
        var core = NewCore();
        await core.AdvanceAsync(300);
        await EnterAsync(core, new TestEntry("a", 1));
        var listener = await ListenAsync(core, Listener);
        await EnterAsync(core, new TestEntry("b", 1));
        listener.Notes.ShouldBe(["live 1", "b came"]);
    }

    [Fact]
    public async Task A_pause_concerns_also_one_that_asks_for_a_single_subscription_and_nobody_that_may_not_know()
    {
        var core = NewCore();
        var one = MatcherSet.OfTopics(Topic.Parse(Prefix + "a/0"));
        await EnterAsync(core, new TestEntry("a", 1));
        await core.AdvanceAsync(300);
        await EnterAsync(core, new TestEntry("b", 1));

        var stranger = await ListenAsync(core, new SubscribeRequest { Matchers = MatcherSet.All, Grants = MatcherSet.OfTopics(Topic.Parse("somewhere else")), Start = After(core, 1) });
        stranger.Notes.ShouldBe(["live 1"]);
        core.Log.Head.ShouldBe(1);
        var listener = await ListenAsync(core, new SubscribeRequest { Matchers = one, Grants = one, Start = After(core, 1) });
        listener.Notes.ShouldBe(["gap PresencePaused 2", "live 2"]);
        stranger.Notes.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("https://hub.example/hub/subscriptions/:type/:match/:subscriber", true)]
    [InlineData("/hub/subscriptions/exact/a/:subscriber", true)]
    [InlineData("https://:host/*", true)]
    [InlineData("https://hub.example/books/:id", false)]
    [InlineData("https://other.example/*", false)]
    [InlineData("/hub/statistics/*", false)]
    public void Who_can_mean_a_subscription_listens(string pattern, bool listens)
    {
        var core = NewCore();
        Matcher.TryCreateUrlPattern(pattern, "https://hub.example/hub", out var matcher, out _).ShouldBeTrue();
        (Feed(core).AsListener(new SubscribeRequest { Matchers = MatcherSet.Of(matcher!), Grants = MatcherSet.All }) is not null).ShouldBe(listens);
        (Feed(core).AsListener(new SubscribeRequest { Matchers = MatcherSet.All, Grants = MatcherSet.Of(matcher!) }) is not null).ShouldBe(listens);
    }

    [Fact]
    public async Task More_than_may_wait_is_a_pause_for_those_that_are_level_too()
    {
        var core = NewCore(o => o.Limits.PresenceEvents = 10);
        var listener = await ListenAsync(core, Listener);
        Feed(core).Enter(new TestEntry("a", 8));
        Feed(core).Enter(new TestEntry("b", 8));
        Feed(core).Waiting.ShouldBe(0);
        await EnterAsync(core, new TestEntry("c", 1));
        listener.Notes.ShouldBe(["live 0"]);

        await core.AdvanceAsync(10);
        await EnterAsync(core, new TestEntry("d", 1));
        listener.Notes.ShouldBe(["live 0", "gap PresencePaused 1", "d came"]);
    }

    [Fact]
    public async Task What_may_wait_is_bounded_in_bytes_too()
    {
        var core = NewCore(o => o.Limits.PresenceBytes = 10 * TestEntry.Bytes);
        await ListenAsync(core, Listener);
        Feed(core).Enter(new TestEntry("a", 8));
        Feed(core).WaitingBytes.ShouldBe(8 * TestEntry.Bytes);
        Feed(core).Enter(new TestEntry("b", 8));
        Feed(core).WaitingBytes.ShouldBe(0);
        Feed(core).IsIncomplete.ShouldBeTrue();
    }

    [Fact]
    public async Task One_that_takes_no_signals_is_told_by_the_end_of_its_stream_and_then_by_the_head_of_the_answer()
    {
        var core = NewCore(o => o.Limits.PresenceEvents = 1);
        await EnterAsync(core, new TestEntry("a", 1));
        var request = Listener with { WhenFallenBehind = FallenBehind.Disconnect };
        var level = await ListenAsync(core, request, takesSignals: false);
        Feed(core).Enter(new TestEntry("b", 2));
        await core.AdvanceAsync(10);
        level.Notes.ShouldBe(["end"]);

        var again = await ListenAsync(core, request with { Start = After(core, 1) }, takesSignals: false);
        again.Subscriber!.HadGap.ShouldBeTrue();
        await EnterAsync(core, new TestEntry("c", 1));
        again.Notes.ShouldBe(["c came"]);
    }

    [Fact]
    public async Task A_start_over_a_log_that_is_not_empty_is_a_pause()
    {
        var core = NewCore();
        await EnterAsync(core, new TestEntry("a", 1));
        var restarted = NewCore(log: core.Log);
        var listener = await ListenAsync(restarted, Listener with { Start = After(core, 1) });
        listener.Notes.ShouldBe(["gap PresencePaused 2", "live 2"]);
    }

    [Fact]
    public async Task What_the_log_did_not_take_is_a_pause()
    {
        var log = new FailingLog();
        var core = NewCore(log: log);
        var listener = await ListenAsync(core, Listener);
        log.Failure = new IOException("No space left on device");
        Feed(core).Enter(new TestEntry("a", 1));
        var telling = Feed(core).TellSomeAsync();
        await core.Hub.Sequencer.RunBatchAsync();
        (await telling).ShouldBeFalse();
        log.Failure = null;
        await EnterAsync(core, new TestEntry("b", 1));
        listener.Notes.ShouldBe(["live 0", "gap PresencePaused 1", "b came"]);
    }

    [Fact]
    public async Task A_listener_waits_for_no_log_that_does_not_answer()
    {
        var core = NewCore();
        await core.AdvanceAsync(300);
        await EnterAsync(core, new TestEntry("a", 1));
        var outlet = new TestOutlet();
        var attaching = core.Hub.AttachAsync(Listener, outlet, default).AsTask();
        attaching.IsCompleted.ShouldBeFalse();
        core.Time.Advance(TimeSpan.FromSeconds(5));
        await attaching;
    }

    [Fact]
    public async Task One_that_gave_up_before_it_began_to_listen_is_not_counted()
    {
        var core = NewCore();
        await core.AdvanceAsync(300);
        await EnterAsync(core, new TestEntry("a", 1));
        using var patience = new CancellationTokenSource();
        var attaching = core.Hub.AttachAsync(Listener, new TestOutlet(), patience.Token).AsTask();
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(attaching);
        await core.SettleAsync();
        core.Log.Head.ShouldBe(1);

        await core.AdvanceAsync(300);
        await EnterAsync(core, new TestEntry("b", 1));
        core.Log.Head.ShouldBe(1);
    }

    private static TestCore NewCore(Action<HubOptions>? configure = null, IEventLog? log = null) => new(
        o =>
        {
            o.AddReservedClass("/hub/");
            o.PresencePrefix = Prefix;
            configure?.Invoke(o);
        },
        log);

    private static PresenceFeed Feed(TestCore core) => core.Hub.Presence!;

    private static Cursor After(TestCore core, long position) => Cursor.After(HubEventId.Create(core.Log.Epoch, position));

    private static async Task<Listening> ListenAsync(TestCore core, SubscribeRequest request, bool takesSignals = true)
    {
        var outlet = new TestOutlet(takesSignals);
        var attaching = core.Hub.AttachAsync(request, outlet, default).AsTask();
        await core.SettleAsync();
        var subscriber = await attaching;
        await core.SettleAsync();
        return new Listening(outlet.Notes, subscriber);
    }

    private static Task EnterAsync(TestCore core, TestEntry entry)
    {
        Feed(core).Enter(entry);
        return core.SettleAsync();
    }

    private static Task LeaveAsync(TestCore core, TestEntry entry)
    {
        Feed(core).Leave(entry);
        return core.SettleAsync();
    }

    private sealed record Listening(List<string> Notes, Subscriber? Subscriber);

    private sealed class TestEntry(string name, int subscriptions) : PresenceEntry
    {
        public const int Bytes = 200;

        public override int Subscriptions => subscriptions;

        public override int BytesOf(int subscription) => Bytes;

        public override PresenceSubscription Describe(int subscription) => new("exact", $"{name}/{subscription}", null);

        public override PresenceEntry Renew(Guid id) => new TestEntry(name, subscriptions) { Id = id };

        public override Event MakeEvent(int subscription, bool isActive) =>
            Event.Reserved([Topic.Parse($"{Prefix}{name}/{subscription}")], System.Text.Encoding.UTF8.GetBytes(isActive ? $"{name} came" : $"{name} went"), default);
    }
}
