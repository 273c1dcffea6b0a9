namespace Siar.Hub.Tests.Lanes;

/// <summary>Invariant 3: whatever readers do, what is held is the window's budget and a constant for each.</summary>
[Collection(nameof(Alone))]
public sealed class MemoryTests
{
    [Fact]
    public async Task Memory_does_not_grow_with_what_slow_readers_have_missed()
    {
        var core = new TestCore(o =>
        {
            o.Retention = new RetentionLimits(100, null, null);
            o.WindowBytes = 1 << 20;
        });
        var outlets = new List<TestOutlet>();
        for (var i = 0; i < 200; i++) outlets.Add(await core.SubscribeAsync(TestCore.On("a")));
        foreach (var outlet in outlets) outlet.State = OutletState.Full;

        await PublishMuchAsync(core);
        var early = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 8; i++) await PublishMuchAsync(core);
        var late = GC.GetTotalMemory(forceFullCollection: true);

        core.Hub.Window.Cost.ShouldBeLessThanOrEqualTo((1 << 20) + 300_000);
        (late - early).ShouldBeLessThan(1 << 20);
        GC.KeepAlive(outlets);
    }

    /// <summary>A live reader is a cursor, its links, a deadline and its request; what it needed to become live is gone. The outlet is not in it.</summary>
    [Fact]
    public async Task A_reader_that_is_live_costs_its_lane_a_few_hundred_bytes()
    {
        const int Readers = 4_000;
        var core = new TestCore();
        var outlet = new TestOutlet(takesSignals: false);
        await AttachAsync(100);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await AttachAsync(Readers);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Readers;

        TestContext.Current.SendDiagnosticMessage($"{each} bytes a reader");
        each.ShouldBeInRange(100, 400);
        core.Lane.Counters.Behind.ShouldBe(0);
        core.Lane.Counters.Subscribers.ShouldBe(Readers + 100);

        async Task AttachAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await core.Hub.AttachAsync(TestCore.On("a"), outlet, default);
                if (i % 20 == 0) await core.SettleAsync();
            }

            await core.SettleAsync();
        }
    }

    private static async Task PublishMuchAsync(TestCore core)
    {
        var text = new string('x', 10_000);
        for (var i = 0; i < 200; i++) await core.PublishAsync("a", text);
    }
}
