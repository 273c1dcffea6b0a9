using Siar.Topics;

namespace Siar.Hub.Tests.Publishing;

public sealed class SequencerTests
{
    [Fact]
    public async Task Publishers_of_a_batch_that_the_log_refused_are_told_and_the_next_batch_goes_on()
    {
        var log = new FailingLog();
        var core = new TestCore(log: log);
        var outlet = await core.SubscribeAsync(TestCore.On("a"));

        log.Failure = new IOException("No space left on device");
        await Should.ThrowAsync<IOException>(() => core.PublishAsync("a", "lost"));
        log.Failure = null;
        await core.PublishAsync("a", "kept");

        outlet.Notes.ShouldBe(["live 0", "kept"]);
    }

    [Fact]
    public async Task A_batch_has_no_other_event_between()
    {
        var core = new TestCore(o => o.MaxBatch = 1);
        var first = await core.Hub.EnqueueAsync([Make("1"), Make("2"), Make("3")], default);
        var second = await core.Hub.EnqueueAsync([Make("4")], default);
        await core.SettleAsync();
        (await first.Done).Events.Select(e => e.Position).ShouldBe([1L, 2L, 3L]);
        (await second.Done).Events.Select(e => e.Position).ShouldBe([4L]);
    }

    [Fact]
    public async Task A_hub_that_has_stopped_takes_nothing_more()
    {
        var core = new TestCore();
        core.Hub.Sequencer.Complete();
        await Should.ThrowAsync<HubStoppedException>(async () => await core.Hub.EnqueueAsync([Make("x")], default));
    }

    private static Event Make(string data) => new(Topic.Parse("a"), data);
}
