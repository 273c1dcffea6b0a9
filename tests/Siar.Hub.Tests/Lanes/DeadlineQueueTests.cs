using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.Hub.Tests.Lanes;

/// <summary>The deadlines of a lane against a plain list of them.</summary>
public sealed class DeadlineQueueTests
{
    [Fact]
    public void Deadlines_come_in_order_and_each_once()
    {
        var steps =
            from what in Gen.Choose(0, 5)
            from who in Gen.Choose(0, 7)
            from due in Gen.Choose(0, 30)
            select (what, who, (long)due);
        Generated.Check(Generated.ListOf(steps, 80), Follow);
    }

    private static void Follow(IReadOnlyList<(int What, int Who, long Due)> steps)
    {
        var queue = new DeadlineQueue();
        var subscribers = Enumerable.Range(0, 8).Select(_ => new Subscriber(TestCore.On("a"), new TestOutlet(), null!)).ToArray();
        var model = new Dictionary<Subscriber, long>();
        foreach (var (what, who, due) in steps)
        {
            var subscriber = subscribers[who];
            switch (what)
            {
                case 0:
                    queue.Hasten(subscriber, due);
                    if (model.TryGetValue(subscriber, out var known)) model[subscriber] = Math.Min(known, due);
                    break;
                case 1:
                    queue.Remove(subscriber);
                    model.Remove(subscriber);
                    break;
                case 2:
                    TakeDue(queue, model, due);
                    break;
                default:
                    queue.Set(subscriber, due);
                    model[subscriber] = due;
                    break;
            }

            queue.Count.ShouldBe(model.Count);
            queue.Next.ShouldBe(model.Values.DefaultIfEmpty(long.MaxValue).Min());
        }

        TakeDue(queue, model, long.MaxValue - 1);
        queue.Count.ShouldBe(0);
    }

    private static void TakeDue(DeadlineQueue queue, Dictionary<Subscriber, long> model, long now)
    {
        while (queue.TakeDue(now) is { } taken)
        {
            model.Remove(taken, out var due).ShouldBeTrue();
            due.ShouldBeLessThanOrEqualTo(now);
            model.Values.ShouldAllBe(d => d >= due);
        }

        model.Values.ShouldAllBe(d => d > now);
    }
}
