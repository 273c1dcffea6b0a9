using Siar.Sockets.Native;
using Siar.TestKit;

namespace Siar.Sockets.Tests.Transport;

public sealed class PollerTests
{
    /// <summary>The thread would use a processor for nothing, and fill the log.</summary>
    [Fact]
    public async Task A_wait_that_fails_again_and_again_does_not_spin()
    {
        var time = new ManualTimeProvider();
        var epoll = new EpollInstance();
        epoll.Dispose();
        var failures = 0;
        using var lingering = new LingeringSockets(time);
        using var rings = SendRings.None();
        var poller = new Poller(0, epoll, lingering, rings, time, _ => Interlocked.Increment(ref failures));

        while (Volatile.Read(ref failures) == 0) await Task.Yield();
        for (var i = 0; i < 1_000; i++) await Task.Yield();
        Volatile.Read(ref failures).ShouldBe(1);

        while (Volatile.Read(ref failures) < 2)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        poller.Dispose();
    }
}
