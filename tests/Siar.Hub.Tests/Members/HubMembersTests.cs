using System.Diagnostics.Metrics;
using Siar.TestKit;

namespace Siar.Hub.Tests.Members;

/// <summary>Hubs over one log that know of each other.</summary>
public sealed class HubMembersTests
{
    [Fact]
    public async Task Hubs_count_each_other_while_they_run_and_one_that_stops_is_counted_no_more()
    {
        var time = new ManualTimeProvider();
        var view = new SharedView(new MemoryLog(RetentionPlan.Of(new HubOptions()), time));
        await using var a = new EventHub(view, new HubOptions(), time, "members-a");
        var b = new EventHub(view.Other(), new HubOptions(), time, "members-b");
        a.Start();
        b.Start();
        await UntilAsync(time, () => a.Members.Table.Live == 2 && b.Members.Table.Live == 2);
        HubsOf("members-a").ShouldBe(2);
        await b.DisposeAsync();
        await UntilAsync(time, () => a.Members.Table.Live == 1);
        HubsOf("members-a").ShouldBe(1);
        view.Signs.ShouldHaveSingleItem().Name.ShouldBe($"{Environment.MachineName}/{Environment.ProcessId}");
    }

    [Fact]
    public async Task A_hub_whose_log_is_its_own_is_one_and_leaves_no_sign()
    {
        var log = new FailingLog();
        var time = new ManualTimeProvider();
        await using var hub = new EventHub(log, new HubOptions(), time, "members-alone");
        hub.Start();
        hub.Members.Table.Live.ShouldBe(1);
        HubsOf("members-alone").ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(10));
        log.Signs.ShouldBe(0);
    }

    [Fact]
    public async Task An_engine_that_fails_in_whatever_way_ends_no_loop()
    {
        var time = new ManualTimeProvider();
        var log = new FailingLog { IsShared = true, SignFailure = new InvalidOperationException("broken") };
        await using var hub = new EventHub(log, new HubOptions(), time, "members-failing");
        hub.Start();
        await UntilAsync(time, () => log.Signs > 3);
        log.SignFailure = new LogUnavailableException(LogState.Unavailable, "away");
        var before = log.Signs;
        await UntilAsync(time, () => log.Signs > before + 3);
        log.SignFailure = null;
        before = log.Signs;
        await UntilAsync(time, () => log.Signs > before + 3);
        hub.Loops.Ended.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_sign_of_a_hub_that_died_is_taken_away_by_those_that_live()
    {
        var time = new ManualTimeProvider();
        var view = new SharedView(new MemoryLog(RetentionPlan.Of(new HubOptions()), time));
        await view.SignAsync(new HubSign(HubId.Create().ToString(), "dead", 17, "{}"), TestContext.Current.CancellationToken);
        await using var hub = new EventHub(view, new HubOptions(), time, "members-survivor");
        hub.Start();
        await UntilAsync(time, () => view.Signs is [{ Name: not "dead" }] && hub.Members.Table.Members.IsEmpty);
    }

    // Time passes until something is so: the hub's loops wait for it, and do their work on other threads.
    private static async Task UntilAsync(ManualTimeProvider time, Func<bool> isSo)
    {
        for (var attempt = 0; !isSo(); attempt++)
        {
            attempt.ShouldBeLessThan(10_000);
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    private static long HubsOf(string meter)
    {
        var hubs = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == meter && instrument.Name == "siar.hubs") listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => hubs = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return hubs;
    }
}
