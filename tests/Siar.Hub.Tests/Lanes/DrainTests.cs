namespace Siar.Hub.Tests.Lanes;

public sealed class DrainTests
{
    [Theory]
    [InlineData(0, 1_000)]
    [InlineData(0.5, 2_000)]
    [InlineData(1, 3_000)]
    public async Task Every_stream_is_told_to_come_back_after_a_time_of_its_own(double chance, int retry)
    {
        var core = new TestCore(o => o.ReconnectDelay = TimeSpan.FromSeconds(2), chance: chance);
        var outlet = new TestOutlet();
        var subscriber = await core.AttachAsync(TestCore.On("a"), outlet);

        core.Lane.Post(LaneMessage.Drain());
        await core.SettleAsync();

        outlet.Notes.ShouldBe(["live 0", $"end retry {retry}"]);
        (await subscriber.Ended).ShouldBe(EndReason.Draining);
        core.Lane.Drained.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_stream_that_arrives_during_a_drain_is_told_as_well()
    {
        var core = new TestCore();
        core.Lane.Post(LaneMessage.Drain());
        await core.SettleAsync();
        var outlet = await core.SubscribeAsync(TestCore.On("a"));
        outlet.Notes[^1].ShouldStartWith("end retry");
    }

    [Fact]
    public async Task A_stream_that_cannot_be_written_to_is_cut_off()
    {
        var core = new TestCore();
        var outlet = await core.SubscribeAsync(TestCore.On("a"));
        outlet.State = OutletState.Full;
        await core.PublishAsync("a", "x");
        core.Lane.Post(LaneMessage.Drain());
        await core.SettleAsync();
        outlet.Notes.ShouldBe(["live 0", "x", "abort"]);
    }

    [Fact]
    public async Task What_was_acknowledged_before_a_drain_is_delivered_before_the_end()
    {
        var core = new TestCore();
        var outlet = await core.SubscribeAsync(TestCore.On("a"));
        await core.Hub.EnqueueAsync([new Event(Siar.Topics.Topic.Parse("a"), "x")], default);
        await core.RunBatchAsync();
        core.Lane.Post(LaneMessage.Drain());
        await core.SettleAsync();
        outlet.Notes[1].ShouldBe("x");
    }
}
