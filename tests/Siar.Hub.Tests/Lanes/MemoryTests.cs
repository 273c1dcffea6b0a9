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

    private static async Task PublishMuchAsync(TestCore core)
    {
        var text = new string('x', 10_000);
        for (var i = 0; i < 200; i++) await core.PublishAsync("a", text);
    }
}
