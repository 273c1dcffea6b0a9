using Siar.TestKit;

namespace Siar.Sockets.Tests.Transport;

public sealed class BurstCollectorTests
{
    private readonly ManualTimeProvider _time = new();
    private int _collections;

    [Fact]
    public void Memory_is_given_back_once_after_a_burst_and_only_when_no_more_come()
    {
        using var collector = new BurstCollector(_time, () => _collections++);
        Count(collector, BurstCollector.Burst);
        Pass();
        Count(collector, 1);
        Pass();
        _collections.ShouldBe(0);

        Pass();
        _collections.ShouldBe(1);
        Pass();
        _collections.ShouldBe(1);
    }

    [Fact]
    public void A_trickle_adds_up_to_a_burst()
    {
        using var collector = new BurstCollector(_time, () => _collections++);
        for (var i = 0; i < 4; i++)
        {
            Count(collector, BurstCollector.Burst / 2);
            Pass();
            Pass();
        }

        _collections.ShouldBe(2);
    }

    private static void Count(BurstCollector collector, int streams)
    {
        for (var i = 0; i < streams; i++) collector.CountHandOver();
    }

    private void Pass() => _time.Advance(BurstCollector.Pause);
}
