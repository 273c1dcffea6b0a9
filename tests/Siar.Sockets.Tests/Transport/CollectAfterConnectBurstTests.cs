using Siar.TestKit;

namespace Siar.Sockets.Tests.Transport;

public sealed class CollectAfterConnectBurstTests : IDisposable
{
    private const int PausesAnHour = 1_800;

    private static readonly int Remembered = (int)(CollectAfterConnectBurst.Memory / CollectAfterConnectBurst.Pause);

    private readonly ManualTimeProvider _time = new();
    private readonly CollectAfterConnectBurst _collector;
    private int _collections;

    public CollectAfterConnectBurstTests() => _collector = new(_time, () => _collections++);

    public void Dispose() => _collector.Dispose();

    [Fact]
    public void Memory_is_given_back_once_after_a_burst_and_only_when_it_is_over()
    {
        Come(CollectAfterConnectBurst.Burst);
        Come(CollectAfterConnectBurst.Quiet);
        _collections.ShouldBe(0);

        Come(0);
        _collections.ShouldBe(1);
        Come(0);
        _collections.ShouldBe(1);
    }

    [Fact]
    public void Two_halves_within_a_minute_are_a_burst()
    {
        Come(CollectAfterConnectBurst.Burst / 2);
        for (var i = 2; i < Remembered; i++) Come(0);
        Come(CollectAfterConnectBurst.Burst / 2);
        _collections.ShouldBe(0);

        Come(0);
        _collections.ShouldBe(0, "The first half has just been forgotten.");

        Come(CollectAfterConnectBurst.Burst / 2);
        Come(0);
        _collections.ShouldBe(1);
    }

    [Fact]
    public void Somebody_who_comes_now_and_then_does_not_keep_memory_from_being_given_back()
    {
        Come(CollectAfterConnectBurst.Burst);
        for (var i = 0; i < 10; i++) Come(CollectAfterConnectBurst.Quiet - 1);

        _collections.ShouldBe(1);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(CollectAfterConnectBurst.Quiet - 1, 1)]
    [InlineData(CollectAfterConnectBurst.Quiet, 2)]
    [InlineData(CollectAfterConnectBurst.Burst - 1, 30)]
    public void Those_who_come_over_hours_are_no_burst(int streams, int pauses)
    {
        for (var i = 0; i < PausesAnHour; i++) Come(i % pauses == 0 ? streams : 0);

        _collections.ShouldBe(0);
    }

    private void Come(int streams)
    {
        for (var i = 0; i < streams; i++) _collector.CountTakeover();
        _time.Advance(CollectAfterConnectBurst.Pause);
    }
}
