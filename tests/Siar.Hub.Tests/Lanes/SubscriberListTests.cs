using FsCheck;
using FsCheck.Fluent;

namespace Siar.Hub.Tests.Lanes;

/// <summary>A list of subscribers is a queue from which any can be taken.</summary>
public sealed class SubscriberListTests
{
    /// <summary>Every sequence of adding (also to where it is already, or from another list) and taking out leaves the order of a plain list.</summary>
    [Fact]
    public void It_keeps_the_order_whatever_is_added_and_taken_out() => Prop.ForAll(
        Gen.Choose(0, 79).ListOf().ToArbitrary(),
        steps =>
        {
            var subscribers = Enumerable.Range(0, 20).Select(_ => new Subscriber(TestCore.On("a"), new TestOutlet(), new NoLane())).ToArray();
            SubscriberList[] lists = [new(), new()];
            List<Subscriber>[] expected = [[], []];
            foreach (var step in steps)
            {
                var subscriber = subscribers[step % 20];
                foreach (var list in expected) list.Remove(subscriber);
                if (step / 20 < 2)
                {
                    lists[step / 20].Add(subscriber);
                    expected[step / 20].Add(subscriber);
                }
                else
                {
                    subscriber.List?.Remove(subscriber);
                }

                for (var i = 0; i < 2; i++)
                {
                    lists[i].Count.ShouldBe(expected[i].Count);
                    lists[i].First.ShouldBe(expected[i].FirstOrDefault());
                    Enumerable.Range(0, lists[i].Slots).Select(slot => lists[i][slot]).OfType<Subscriber>().ShouldBe(expected[i]);
                }
            }
        }).QuickCheckThrowOnFailure();

    /// <summary>A queue that is served from the front and filled from behind makes room once.</summary>
    [Fact]
    public void Going_round_allocates_nothing()
    {
        var list = new SubscriberList();
        for (var i = 0; i < 100; i++) list.Add(new Subscriber(TestCore.On("a"), new TestOutlet(), new NoLane()));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) list.Add(list.First!);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        list.Count.ShouldBe(100);
    }

    private sealed class NoLane : ILaneInbox
    {
        public void Post(LaneMessage message)
        {
        }
    }
}
