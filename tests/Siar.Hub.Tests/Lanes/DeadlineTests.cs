namespace Siar.Hub.Tests.Lanes;

public sealed class DeadlineTests
{
    [Fact]
    public async Task A_stream_with_nothing_to_say_gets_a_keep_alive_after_the_idle_time_and_not_before()
    {
        var core = new TestCore(o => o.KeepAlive = TimeSpan.FromSeconds(15));
        var outlet = await core.SubscribeAsync(TestCore.On("a"));

        await core.AdvanceAsync(14);
        outlet.Notes.ShouldBe(["live 0"]);
        await core.AdvanceAsync(1);
        outlet.Notes.ShouldBe(["live 0", "alive"]);
        await core.AdvanceAsync(15);
        outlet.Notes.ShouldBe(["live 0", "alive", "alive"]);
    }

    [Fact]
    public async Task An_event_puts_the_next_keep_alive_off()
    {
        var core = new TestCore(o => o.KeepAlive = TimeSpan.FromSeconds(15));
        var outlet = await core.SubscribeAsync(TestCore.On("a"));
        await core.AdvanceAsync(10);
        await core.PublishAsync("a", "x");
        await core.AdvanceAsync(10);
        outlet.Notes.ShouldBe(["live 0", "x"]);
    }

    [Fact]
    public async Task A_reader_of_rare_topics_moves_its_cursor_with_a_keep_alive_though_nothing_matches()
    {
        var core = new TestCore();
        var outlet = await core.SubscribeAsync(TestCore.On("rare"));
        await core.PublishAsync("busy", "1");
        await core.PublishAsync("busy", "2");
        await core.AdvanceAsync(15);
        await core.AdvanceAsync(15);
        outlet.Notes.ShouldBe(["live 0", "alive 2", "alive"]);
    }

    [Fact]
    public async Task A_reader_without_signals_is_given_no_id_by_a_keep_alive()
    {
        var core = new TestCore();
        await core.PublishAsync("busy", "1");
        var outlet = await core.SubscribeAsync(TestCore.On("rare"), takesSignals: false);
        await core.AdvanceAsync(15);
        outlet.Notes.ShouldBe(["alive"]);
    }

    [Fact]
    public async Task An_endpoint_may_have_an_idle_time_of_its_own()
    {
        var core = new TestCore();
        var outlet = await core.SubscribeAsync(TestCore.On("a") with { KeepAlive = TimeSpan.FromSeconds(5) });
        await core.AdvanceAsync(5);
        outlet.Notes.ShouldBe(["live 0", "alive"]);
    }

    [Theory]
    [InlineData(0, 80)]
    [InlineData(0.5, 90)]
    [InlineData(0.999, 99)]
    public async Task A_stream_ends_in_the_last_fifth_of_its_longest_life(double chance, int second)
    {
        var core = new TestCore(o => o.MaxLifetime = TimeSpan.FromSeconds(100), chance: chance);
        var outlet = new TestOutlet();
        var subscriber = await core.AttachAsync(TestCore.On("a") with { KeepAlive = TimeSpan.FromHours(1) }, outlet);
        await core.AdvanceAsync(second - 1);
        outlet.Notes.ShouldBe(["live 0"]);
        await core.AdvanceAsync(1);
        outlet.Notes.ShouldBe(["live 0", "end"]);
        (await subscriber.Ended).ShouldBe(EndReason.Expired);
    }

    [Fact]
    public async Task A_stream_ends_with_its_token_however_long_it_might_live()
    {
        var core = new TestCore();
        var outlet = new TestOutlet();
        var request = TestCore.On("a") with { EndsAt = core.Time.GetUtcNow().AddSeconds(7.9), KeepAlive = TimeSpan.FromHours(1) };
        await core.AttachAsync(request, outlet);
        await core.AdvanceAsync(6);
        outlet.Notes.ShouldBe(["live 0"]);
        await core.AdvanceAsync(1);
        outlet.Notes.ShouldBe(["live 0", "end"]);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_is_cut_off_after_the_write_deadline()
    {
        var core = new TestCore(o => o.WriteDeadline = TimeSpan.FromSeconds(30));
        var outlet = new TestOutlet();
        var subscriber = await core.AttachAsync(TestCore.On("a"), outlet);
        outlet.State = OutletState.Full;
        await core.PublishAsync("a", "x");

        await core.AdvanceAsync(29);
        outlet.Notes.ShouldBe(["live 0", "x"]);
        await core.AdvanceAsync(1);
        outlet.Notes.ShouldBe(["live 0", "x", "abort"]);
        (await subscriber.Ended).ShouldBe(EndReason.Stalled);
    }

    [Fact]
    public async Task Every_stream_is_looked_at_though_others_leave_while_the_lane_goes_through_them()
    {
        var core = new TestCore(o => o.KeepAlive = TimeSpan.FromSeconds(3), tuning: new HubTuning { Deadlines = 2 });
        var outlets = new List<TestOutlet>();
        for (var i = 0; i < 9; i++)
        {
            var ends = i % 2 == 0 ? core.Time.GetUtcNow().AddSeconds(3) : (DateTimeOffset?)null;
            outlets.Add(await core.SubscribeAsync(TestCore.On($"t{i}") with { EndsAt = ends }));
        }

        await core.AdvanceAsync(3);
        for (var i = 0; i < outlets.Count; i++) outlets[i].Notes.ShouldBe(["live 0", i % 2 == 0 ? "end" : "alive"], $"stream {i}");
    }

    [Fact]
    public async Task An_idle_time_of_less_than_a_second_is_kept()
    {
        var core = new TestCore();
        var outlet = await core.SubscribeAsync(TestCore.On("a") with { KeepAlive = TimeSpan.FromMilliseconds(300) });
        await core.AdvanceAsync(0.2);
        outlet.Notes.ShouldBe(["live 0"]);
        await core.AdvanceAsync(0.1);
        outlet.Notes.ShouldBe(["live 0", "alive"]);
        await core.AdvanceAsync(0.3);
        outlet.Notes.ShouldBe(["live 0", "alive", "alive"]);
    }

    [Fact]
    public async Task A_lane_has_nothing_to_do_before_the_next_deadline_and_wakes_for_quiet_readers_together()
    {
        var core = new TestCore(o => o.KeepAlive = TimeSpan.FromSeconds(15));
        core.Lane.NextDeadline.ShouldBe(long.MaxValue);
        for (var i = 0; i < 10; i++)
        {
            await core.SubscribeAsync(TestCore.On("a"));
            await core.AdvanceAsync(0.05);
        }

        // Within the second that follows.
        core.Lane.NextDeadline.ShouldBe(15_000);
        await core.AdvanceAsync(15.5);
        core.Lane.NextDeadline.ShouldBe(31_000);
    }

    [Fact]
    public async Task A_sooner_deadline_than_the_one_that_was_set_is_kept()
    {
        var core = new TestCore(o => o.WriteDeadline = TimeSpan.FromSeconds(2));
        var outlet = new TestOutlet();
        var subscriber = await core.AttachAsync(TestCore.On("a") with { KeepAlive = TimeSpan.FromHours(1) }, outlet);
        outlet.State = OutletState.Full;
        await core.PublishAsync("a", "x");
        await core.AdvanceAsync(2);
        (await subscriber.Ended).ShouldBe(EndReason.Stalled);
    }

    /// <summary>Nobody wakes the lane but itself.</summary>
    [Fact]
    public async Task A_lane_wakes_itself_for_a_deadline()
    {
        var core = new TestCore();
        var loop = new LaneLoop(core.Lane, failure => throw failure);
        var outlet = new WaitingOutlet();
        await core.Hub.AttachAsync(TestCore.On("a") with { KeepAlive = TimeSpan.FromMilliseconds(250) }, outlet, default);
        while (!outlet.KeptAlive.IsCompleted)
        {
            core.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        await loop.StopAsync();
    }

    private sealed class WaitingOutlet : Outlet
    {
        private readonly TaskCompletionSource _keptAlive = new();

        public Task KeptAlive => _keptAlive.Task;

        public override bool TakesSignals => false;

        public override WriteResult Write(ReadOnlySpan<Frame> frames) => OutletState.Ready;

        public override OutletState WriteKeepAlive(Siar.Wire.EventId? cursor)
        {
            _keptAlive.TrySetResult();
            return OutletState.Ready;
        }

        public override OutletState WriteGap(Gap gap) => OutletState.Ready;

        public override OutletState WriteLive(Siar.Wire.EventId cursor) => OutletState.Ready;

        public override void End(int? retryMilliseconds)
        {
        }

        public override void Abort()
        {
        }
    }
}
