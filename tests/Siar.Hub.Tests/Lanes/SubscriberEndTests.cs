namespace Siar.Hub.Tests.Lanes;

/// <summary>Whoever waits for a stream's end is told once, whether they ask before or after it, and in whatever order.</summary>
public sealed class SubscriberEndTests
{
    [Theory]
    [InlineData("task action end")]
    [InlineData("action task end")]
    [InlineData("task end action")]
    [InlineData("action end task")]
    [InlineData("end task action")]
    [InlineData("task task action end")]
    public async Task The_task_and_the_action_are_told(string order)
    {
        var subscriber = new Subscriber(TestCore.On("a"), new TestOutlet(), null!);
        var tasks = new List<Task<EndReason>>();
        var told = new List<Subscriber>();
        foreach (var step in order.Split(' '))
        {
            if (step == "task") tasks.Add(subscriber.Ended);
            else if (step == "action") subscriber.WhenEnded(told.Add);
            else
            {
                tasks.ShouldAllBe(t => !t.IsCompleted);
                told.ShouldBeEmpty();
                subscriber.Abort(EndReason.Stalled);
                subscriber.MarkEnded();
            }
        }

        told.ShouldBe([subscriber]);
        foreach (var task in tasks) (await task).ShouldBe(EndReason.Stalled);
    }

    [Fact]
    public async Task An_action_that_fails_ends_no_lane()
    {
        var core = new TestCore();
        var failures = new List<Exception>();
        core.Hub.Metrics.OnFailure = failures.Add;
        var other = await core.SubscribeAsync(TestCore.On("a"));
        var subscriber = await core.AttachAsync(TestCore.On("a"), new TestOutlet());
        subscriber.WhenEnded(_ => throw new InvalidOperationException("whoever waits"));

        subscriber.Close(EndReason.Requested);
        await core.SettleAsync();
        await core.PublishAsync("a", "x");

        other.Notes.ShouldBe(["live 0", "x"]);
        failures.ShouldHaveSingleItem().Message.ShouldBe("whoever waits");
        (await subscriber.Ended).ShouldBe(EndReason.Requested);
        core.Lane.Counters.Ended(EndReason.Requested).ShouldBe(1);
    }
}
