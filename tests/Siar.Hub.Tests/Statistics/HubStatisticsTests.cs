using Siar.TestKit;

namespace Siar.Hub.Tests.Statistics;

public sealed class HubStatisticsTests
{
    [Fact]
    public async Task Many_who_begin_to_read_at_once_share_one_look_at_the_lanes_and_one_who_comes_later_has_another()
    {
        var time = new ManualTimeProvider();
        await using var log = new MemoryLog(new RetentionLimits(null, null, null), [], time);
        await using var hub = new EventHub(log, new HubOptions { Lanes = 2 }, time);
        hub.Start();
        await using var statistics = hub.CreateStatistics();
        statistics.Start();
        for (var i = 0; i < 200; i++) statistics.Enter(HubStatistics.Topics);
        await UntilAsync(() => Told(statistics) >= 1);

        // The second that a sample is for ends what came before it.
        time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => Told(statistics) >= 3);
        Told(statistics).ShouldBeLessThanOrEqualTo(4);
        statistics.Enter(HubStatistics.Connections);
        await UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(300));
            return Told(statistics) >= 5;
        });
    }

    private static long Told(HubStatistics statistics) => statistics.Stream.Log.Head;

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo()) await Task.Yield();
    }
}
