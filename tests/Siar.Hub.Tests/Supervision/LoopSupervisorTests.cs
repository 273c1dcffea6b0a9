using System.Diagnostics.Metrics;
using Siar.TestKit;

namespace Siar.Hub.Tests.Supervision;

public sealed class LoopSupervisorTests
{
    private readonly HubMetrics _metrics = new(new ManualTimeProvider(), nameof(LoopSupervisorTests));
    private readonly List<Exception> _failures = [];

    public LoopSupervisorTests() => _metrics.OnFailure = _failures.Add;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_loop_that_ends_before_the_hub_stops_is_named_counted_and_reported_and_those_who_wait_fail(bool throws)
    {
        var counted = new List<string?>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (i, self) =>
        {
            if (i.Meter.Name == nameof(LoopSupervisorTests) && i.Name == "siar.loops.ended") self.EnableMeasurementEvents(i);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => counted.Add(tags[0].Value as string));
        listener.Start();
        var supervisor = new LoopSupervisor(_metrics);
        Exception? told = null;

        await supervisor.RunAsync("reader", () => throws ? throw new InvalidOperationException("cause") : Task.CompletedTask, reason => told = reason);

        supervisor.Ended.ShouldBe(["reader"]);
        counted.ShouldContain("reader");
        _failures.ShouldBe([told!]);
        told!.Message.ShouldBe("The hub's loop 'reader' has ended unexpectedly: restart the process.");
        told.InnerException?.Message.ShouldBe(throws ? "cause" : null);
    }

    [Fact]
    public async Task A_loop_that_ends_when_the_hub_stops_is_as_it_should_be()
    {
        var supervisor = new LoopSupervisor(_metrics);
        var end = new TaskCompletionSource();
        var running = supervisor.RunAsync("reader", () => end.Task, _ => throw new InvalidOperationException("nobody waits"));
        supervisor.Stop();
        end.SetResult();
        await running;

        supervisor.Ended.ShouldBeEmpty();
        _failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task When_the_writer_ends_those_who_wait_fail_and_nobody_can_wait_any_more()
    {
        var core = new TestCore();
        var waiting = await core.EnqueueAsync("a", "1");
        var supervisor = new LoopSupervisor(core.Hub.Metrics);
        await supervisor.RunAsync("sequencer", () => throw new InvalidOperationException("bug"), core.Hub.Sequencer.Abandon);

        await Should.ThrowAsync<HubStoppedException>(() => waiting.Done);
        await Should.ThrowAsync<HubStoppedException>(() => core.PublishAsync("a", "2"));
    }
}
