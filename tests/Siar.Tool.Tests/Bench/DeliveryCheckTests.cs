using System.Text;

namespace Siar.Tool.Tests;

public sealed class DeliveryCheckTests
{
    private readonly DeliveryTally _tally = new();

    [Fact]
    public void Events_in_order_are_deliveries()
    {
        Feed(new DeliveryCheck(_tally, slots: 1, isSlow: false), (0, 5), (0, 6), (0, 7));

        (_tally.Deliveries, _tally.Missed, _tally.Repeated).ShouldBe((3, 0, 0));
    }

    [Fact]
    public void Events_that_were_left_out_are_missed()
    {
        Feed(new DeliveryCheck(_tally, slots: 1, isSlow: false), (0, 0), (0, 3), (0, 4), (0, 6));

        (_tally.Deliveries, _tally.Missed, _tally.Repeated).ShouldBe((4, 3, 0));
    }

    [Fact]
    public void Events_that_come_again_or_late_are_repeated()
    {
        Feed(new DeliveryCheck(_tally, slots: 1, isSlow: false), (0, 0), (0, 1), (0, 1), (0, 0), (0, 2));

        (_tally.Missed, _tally.Repeated).ShouldBe((0, 2));
    }

    [Fact]
    public void Publishers_on_one_topic_number_their_events_apart()
    {
        Feed(new DeliveryCheck(_tally, slots: 2, isSlow: false), (0, 0), (1, 0), (1, 1), (0, 1), (1, 3));

        (_tally.Deliveries, _tally.Missed, _tally.Repeated).ShouldBe((5, 1, 0));
    }

    [Fact]
    public void Latency_is_from_when_an_event_was_due()
    {
        new DeliveryCheck(_tally, slots: 1, isSlow: false).Take(Event(0, 0, due: 1_000), microseconds: 51_000);

        _tally.Latency.Read().Max.ShouldBe(50_000);
    }

    [Fact]
    public void Latency_of_what_is_replayed_is_from_the_new_connection()
    {
        var check = new DeliveryCheck(_tally, slots: 1, isSlow: false);
        check.Reconnect(since: 40_000);
        check.Take(Event(0, 0, due: 1_000), microseconds: 51_000);

        _tally.Latency.Read().Max.ShouldBe(11_000);
        Encoding.UTF8.GetString(check.LastEventId).ShouldBe("i0");
    }

    [Fact]
    public void Slow_readers_are_counted_apart_and_have_no_latency()
    {
        Feed(new DeliveryCheck(_tally, slots: 1, isSlow: true), (0, 0), (0, 1));

        (_tally.Deliveries, _tally.SlowDeliveries).ShouldBe((0, 2));
        _tally.Latency.Read().Count.ShouldBe(0);
    }

    private static void Feed(DeliveryCheck check, params (int Slot, long Sequence)[] events)
    {
        foreach (var (slot, sequence) in events) check.Take(Event(slot, sequence, due: 0), microseconds: 1);
    }

    private static byte[] Event(int slot, long sequence, long due) =>
        Encoding.UTF8.GetBytes($"id: i{sequence}\ndata: {BenchPayload.Make(slot, sequence, due, BenchPayload.Filling(40, isJson: false))}\n\n");
}
