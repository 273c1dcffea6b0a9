using System.Diagnostics;
using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.Hub.Tests.Lanes;

/// <summary>The state machine by itself: no lane, no loop, no reader of the log.</summary>
public sealed class SubscriberTests
{
    [Fact]
    public void These_are_all_transitions()
    {
        var changes =
            from phase in Enum.GetValues<SubscriberPhase>()
            from input in Enum.GetValues<SubscriberInput>()
            where After(phase, input) is { } next && next != phase && input is not (SubscriberInput.StreamEnded or SubscriberInput.OutletFilled)
            select $"{phase}, {input}: {After(phase, input)}";

        changes.ShouldBe(
        [
            "New, Attached: Queued",
            "Queued, PageNeeded: Loading",
            "Queued, CaughtUp: Live",
            "Queued, HeadPassed: Ahead",
            "Loading, PageLoaded: Queued",
            "Ahead, HeadReached: Queued",
            "Live, EventMatched: Queued",
            "Full, OutletDrained: Queued",
        ]);
    }

    [Fact]
    public void An_outlet_may_fill_and_a_stream_end_in_every_phase_and_the_end_is_final()
    {
        foreach (var phase in Enum.GetValues<SubscriberPhase>())
        {
            After(phase, SubscriberInput.StreamEnded).ShouldBe(SubscriberPhase.Ended);
            After(phase, SubscriberInput.OutletFilled).ShouldBe(phase is SubscriberPhase.Ended ? phase : SubscriberPhase.Full);
        }

        foreach (var input in Enum.GetValues<SubscriberInput>()) After(SubscriberPhase.Ended, input).ShouldBe(SubscriberPhase.Ended);
    }

    [Theory]
    [InlineData(SubscriberInput.PageLoaded)]
    [InlineData(SubscriberInput.HeadReached)]
    [InlineData(SubscriberInput.EventMatched)]
    [InlineData(SubscriberInput.OutletDrained)]
    public void What_comes_late_changes_nothing(object input)
    {
        foreach (var phase in Enum.GetValues<SubscriberPhase>()) After(phase, (SubscriberInput)input).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(SubscriberPhase.Live, SubscriberInput.CaughtUp)]
    [InlineData(SubscriberPhase.Loading, SubscriberInput.PageNeeded)]
    [InlineData(SubscriberPhase.Full, SubscriberInput.HeadPassed)]
    [InlineData(SubscriberPhase.Queued, SubscriberInput.Attached)]
    public void What_the_machine_itself_would_never_do_is_a_fault(object phase, object input) => After((SubscriberPhase)phase, (SubscriberInput)input).ShouldBeNull();

    /// <summary>Whatever comes in whatever order, the reader gets what the log holds, in order, once, up to gaps, and no page of the log is kept.</summary>
    [Fact]
    public void Whatever_comes_in_whatever_order_it_gets_every_event_once_or_is_told_the_gap()
    {
        var steps = Gen.ListOf(Gen.Choose(0, 15), 80).Select(l => l.ToList());
        Generated.Check(steps, static steps =>
        {
            var machine = new SubscriberMachine(fromStart: steps.Count % 3 > 0);
            foreach (var step in steps) machine.Step(step);
            machine.Finish();
        }, 150);
    }

    private static SubscriberPhase? After(SubscriberPhase phase, SubscriberInput input)
    {
        try
        {
            return Subscriber.After(phase, input);
        }
        catch (UnreachableException)
        {
            return null;
        }
    }
}
