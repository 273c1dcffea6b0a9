namespace Siar.Tool.Tests;

public sealed class BackoffTests
{
    [Fact]
    public void Each_failure_in_a_row_doubles_the_wait_up_to_half_a_minute()
    {
        var backoff = new Backoff(() => 0);

        Enumerable.Range(0, 8).Select(_ => backoff.Next().TotalSeconds).ShouldBe([1, 2, 4, 8, 16, 30, 30, 30]);
    }

    [Fact]
    public void After_a_success_it_begins_anew()
    {
        var backoff = new Backoff(() => 0);
        backoff.Next();
        backoff.Next();

        backoff.Reset();

        backoff.Next().ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void It_never_comes_before_the_time_that_the_hub_asks_for()
    {
        var early = new Backoff(() => 0) { Initial = TimeSpan.FromMilliseconds(300) };
        var late = new Backoff(() => 0.999) { Initial = TimeSpan.FromMilliseconds(300) };

        early.Next().ShouldBe(TimeSpan.FromMilliseconds(300));
        late.Next().ShouldBeInRange(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(375));
        early.Next(TimeSpan.FromMinutes(2)).ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void A_hub_cannot_put_a_reader_off_for_days() =>
        new Backoff(() => 0) { Initial = TimeSpan.FromMilliseconds(int.MaxValue) }.Next().ShouldBe(TimeSpan.FromHours(1));
}
