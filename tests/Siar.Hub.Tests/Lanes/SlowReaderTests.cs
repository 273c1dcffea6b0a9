using Siar.Topics;

namespace Siar.Hub.Tests.Lanes;

public sealed class SlowReaderTests
{
    private const int Live = 1_000;

    /// <summary>Invariant 4: the turn in which everybody else gets an event is the same whether or not somebody has stopped reading.</summary>
    [Fact]
    public async Task A_reader_that_stops_reading_delays_nobody_elses_turn()
    {
        var without = await TurnsToDeliverAsync(stalled: false);
        var with = await TurnsToDeliverAsync(stalled: true);
        with.ShouldBe(without);
    }

    [Fact]
    public async Task A_reader_left_behind_reads_on_from_where_it_stopped_when_it_can()
    {
        var core = new TestCore();
        var outlet = new TestOutlet();
        await core.AttachAsync(TestCore.On("a"), outlet);
        outlet.State = OutletState.Full;
        for (var i = 1; i <= 50; i++) await core.PublishAsync("a", $"{i}");
        outlet.Positions.ShouldBe([1L]);

        outlet.State = OutletState.Ready;
        outlet.Signal.Writable();
        await core.SettleAsync();
        outlet.Positions.ShouldBe(Enumerable.Range(1, 50).Select(i => (long)i));
    }

    [Fact]
    public async Task A_reader_whose_policy_is_to_be_disconnected_is_so_when_it_falls_behind_the_log()
    {
        var core = new TestCore(o =>
        {
            o.Retention = new RetentionLimits(10, null, null);
            o.WindowBytes = 1_000;
        });
        var outlet = new TestOutlet();
        var request = TestCore.On("a") with { WhenFallenBehind = FallenBehind.Disconnect };
        var subscriber = await core.AttachAsync(request, outlet);
        outlet.State = OutletState.Full;
        await FillAsync(core);

        outlet.State = OutletState.Ready;
        outlet.Signal.Writable();
        await core.SettleAsync();
        (await subscriber.Ended).ShouldBe(EndReason.FellBehind);
    }

    [Fact]
    public async Task A_reader_that_falls_behind_the_log_is_told_the_gap_and_goes_on()
    {
        var core = new TestCore(o =>
        {
            o.Retention = new RetentionLimits(10, null, null);
            o.WindowBytes = 1_000;
        });
        var outlet = await core.SubscribeAsync(TestCore.On("a"));
        outlet.State = OutletState.Full;
        var published = await FillAsync(core);

        outlet.State = OutletState.Ready;
        outlet.Signal.Writable();
        await core.SettleAsync();
        var gap = outlet.Notes.Single(n => n.StartsWith("gap", StringComparison.Ordinal));
        var resume = long.Parse(gap.Split(' ')[2]);
        outlet.Positions.ShouldBe([1L, .. Enumerable.Range(1, published).Select(i => (long)i).Where(p => p > resume)]);
    }

    private static async Task<int> FillAsync(TestCore core)
    {
        var text = new string('x', 20_000);
        for (var i = 0; i < 60; i++) await core.PublishAsync("a", text);
        return 60;
    }

    private static async Task<List<int>> TurnsToDeliverAsync(bool stalled)
    {
        var core = new TestCore();
        var slow = new TestOutlet();
        if (stalled) await core.AttachAsync(TestCore.On("a"), slow);
        var live = new List<TestOutlet>();
        for (var i = 0; i < Live; i++) live.Add(await core.SubscribeAsync(TestCore.On("a")));
        slow.State = OutletState.Full;
        if (stalled) await core.PublishAsync("a", "it fills up with this");
        else await core.PublishAsync("b", "nobody wants this");

        var before = live.ConvertAll(o => o.Notes.Count);
        var turns = Enumerable.Repeat(0, Live).ToList();
        for (var i = 0; i < 5; i++) await core.Hub.EnqueueAsync([new Event(Topic.Parse("a"), $"{i}")], default);
        await core.RunBatchAsync();
        for (var turn = 1; core.Lane.Turn() || turn == 1; turn++)
        {
            for (var i = 0; i < Live; i++)
            {
                if (turns[i] == 0 && live[i].Notes.Count == before[i] + 5) turns[i] = turn;
            }
        }

        return turns;
    }
}
