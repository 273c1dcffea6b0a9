using Siar.TestKit;

namespace Siar.Hub.Tests.Limits;

public sealed class SampledLogTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void One_line_of_a_kind_is_let_through_in_a_minute_and_says_how_many_were_not()
    {
        var log = new SampledLog(_time);
        log.TryTake("token", out var leftOut).ShouldBeTrue();
        leftOut.ShouldBe("");

        for (var i = 0; i < 4_999; i++) log.TryTake("token", out _).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(59));
        log.TryTake("token", out _).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));

        log.TryTake("token", out leftOut).ShouldBeTrue();
        leftOut.ShouldBe(" 5000 more lines of this kind were left out since the last one.");
        _time.Advance(SampledLog.Interval);
        log.TryTake("token", out leftOut).ShouldBeTrue();
        leftOut.ShouldBe("");
    }

    [Fact]
    public void A_flood_of_one_kind_does_not_hide_another()
    {
        var log = new SampledLog(_time);
        for (var i = 0; i < 100; i++) log.TryTake("token", out _);
        log.TryTake("descriptors", out var leftOut).ShouldBeTrue();
        leftOut.ShouldBe("");
    }

    [Fact]
    public void A_logger_that_throws_ends_nothing()
    {
        var log = new SampledLog(_time);
        var lines = 0;
        for (var i = 0; i < 3; i++)
        {
            log.Write("token", _ =>
            {
                lines++;
                throw new IOException("The disk is full.");
            });
        }

        lines.ShouldBe(1);
    }

    [Fact]
    public void Many_threads_at_once_get_one_line_and_lose_no_count()
    {
        var log = new SampledLog(_time);
        var taken = 0;
        Parallel.For(0, 10_000, _ =>
        {
            if (log.TryTake("token", out var _)) Interlocked.Increment(ref taken);
        });
        taken.ShouldBe(1);

        _time.Advance(SampledLog.Interval);
        log.TryTake("token", out var leftOut).ShouldBeTrue();
        leftOut.ShouldStartWith(" 9999 more ");
    }
}
