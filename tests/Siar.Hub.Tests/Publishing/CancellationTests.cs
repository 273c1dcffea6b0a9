using Siar.Topics;

namespace Siar.Hub.Tests.Publishing;

public sealed class CancellationTests
{
    [Fact]
    public async Task A_publish_that_is_cancelled_in_the_queue_is_not_published()
    {
        var core = new TestCore();
        using var cancel = new CancellationTokenSource();
        var publication = await core.EnqueueAsync("a", "cancelled");
        var waiting = publication.WaitAsync(cancel.Token);
        var next = await core.EnqueueAsync("a", "next");

        await cancel.CancelAsync();
        var failure = await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        failure.CancellationToken.ShouldBe(cancel.Token);
        await core.SettleAsync();

        (await next.Done).Events.Select(e => e.Content.GetText()).ShouldBe(["next"]);
        core.Log.Head.ShouldBe(1);
    }

    [Fact]
    public async Task A_publish_that_is_cancelled_while_it_is_appended_is_published_and_its_outcome_is_waited_for()
    {
        var log = new FailingLog { Gate = new TaskCompletionSource() };
        var core = new TestCore(log: log);
        using var cancel = new CancellationTokenSource();
        var publication = await core.EnqueueAsync("a", "taken");
        var waiting = publication.WaitAsync(cancel.Token);
        var batch = core.Hub.Sequencer.RunBatchAsync().AsTask();

        await cancel.CancelAsync();
        waiting.IsCompleted.ShouldBeFalse();
        log.Gate.SetResult();
        await batch;

        (await waiting).Events.ShouldHaveSingleItem().Position.ShouldBe(1);
    }

    [Fact]
    public async Task A_publish_whose_token_was_cancelled_before_is_not_published()
    {
        await using var log = new MemoryLog(new RetentionLimits(null, null, null), [], TimeProvider.System);
        await using var hub = new EventHub(log, new HubOptions { Lanes = 1 }, TimeProvider.System, "cancelled");
        hub.Start();
        await Should.ThrowAsync<OperationCanceledException>(async () => await hub.PublishAsync([new Event(Topic.Parse("a"), "x")], new CancellationToken(true)));
        await hub.PublishAsync("a", "next", TestContext.Current.CancellationToken);
        log.Head.ShouldBe(1);
    }
}
