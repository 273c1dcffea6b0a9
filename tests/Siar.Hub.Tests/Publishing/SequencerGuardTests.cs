using Siar.Topics;

namespace Siar.Hub.Tests.Publishing;

/// <summary>Nothing that a listener, a logger, a log or one publisher does stops the hub's only writer.</summary>
public sealed class SequencerGuardTests
{
    [Fact]
    public async Task A_meter_listener_that_throws_does_not_stop_publishing()
    {
        var core = new TestCore(meter: nameof(A_meter_listener_that_throws_does_not_stop_publishing));
        using var listener = ThrowingListener.OfMeter(nameof(A_meter_listener_that_throws_does_not_stop_publishing));
        var failures = new List<Exception>();
        core.Hub.Metrics.OnFailure = failures.Add;
        var outlet = await core.SubscribeAsync(TestCore.On("a"));

        await core.PublishAsync("a", "1");
        await core.PublishAsync("a", "2");
        core.Hub.Metrics.CountRefusal("limit");

        outlet.Notes.ShouldBe(["live 0", "1", "2"]);
        failures.ShouldContain(f => f.Message == "measurement");
        (core.Hub.Metrics.Publishes, core.Hub.Metrics.Refusals["limit"]).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Publishers_are_answered_before_anything_is_measured()
    {
        var core = new TestCore(meter: nameof(Publishers_are_answered_before_anything_is_measured));
        Task<Published>[] answers = [];
        var answered = new List<bool>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (i, self) =>
        {
            if (i.Meter.Name == nameof(Publishers_are_answered_before_anything_is_measured) && i.Name == "siar.publishes") self.EnableMeasurementEvents(i);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => answered.AddRange(answers.Select(a => a.IsCompletedSuccessfully)));
        listener.Start();

        answers = [(await core.EnqueueAsync("a", "1")).Done, (await core.EnqueueAsync("a", "2")).Done];
        await core.SettleAsync();

        answered.ShouldBe([true, true, true, true]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_trace_listener_that_throws_changes_nothing_for_the_publisher(bool atStart)
    {
        var topic = $"traced {atStart}";
        ThrowingListener.Topic.Value = topic;
        using var listener = ThrowingListener.OfTraces(topic, atStart);
        await using var log = new MemoryLog(new RetentionLimits(null, null, null), [], TimeProvider.System);
        await using var hub = new EventHub(log, new HubOptions { Lanes = 1 }, TimeProvider.System, "traced");
        var failures = new List<Exception>();
        hub.Metrics.OnFailure = failures.Add;
        hub.Start();

        (await hub.PublishAsync(topic, "x")).Position.ShouldBe(1);
        failures.ShouldHaveSingleItem().Message.ShouldBe("trace");
    }

    [Fact]
    public async Task A_logger_that_throws_does_not_stop_publishing()
    {
        var log = new FailingLog();
        var core = new TestCore(log: log);
        core.Hub.Metrics.OnFailure = _ => throw new InvalidOperationException("logger");
        var outlet = await core.SubscribeAsync(TestCore.On("a"));

        await log.AppendAsync([new Append([new Event(Topic.Parse("a"), "elsewhere")])]);
        log.ReadsUntilFailure = 0;
        await core.PublishAsync("a", "1");
        await core.PublishAsync("a", "2");

        outlet.Notes.ShouldBe(["live 0", "elsewhere", "1", "2"]);
    }

    [Fact]
    public async Task A_log_that_answers_too_little_fails_that_batch_only()
    {
        var log = new FailingLog { AnswersLost = 1 };
        var core = new TestCore(log: log);
        var outlet = await core.SubscribeAsync(TestCore.On("a"));
        var first = await core.EnqueueAsync("a", "1");
        var second = await core.EnqueueAsync("a", "2");
        await core.SettleAsync();

        var failure = await Should.ThrowAsync<LogUnavailableException>(() => first.Done);
        failure.MayBeKept.ShouldBeTrue();
        failure.Message.ShouldStartWith("The log answered 1 of the 2 appends of a batch");
        await Should.ThrowAsync<LogUnavailableException>(() => second.Done);

        log.AnswersLost = 0;
        await core.PublishAsync("a", "3");
        outlet.Notes.ShouldBe(["live 0", "1", "2", "3"]);
    }
}
