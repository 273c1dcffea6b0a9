using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.Hub.Tests.Presence;

/// <summary>What cancels out, what waits for its rate, and what a list and the events after it say together.</summary>
public sealed class PresenceQueueTests
{
    [Fact]
    public void Who_comes_and_goes_while_the_coming_waits_leaves_nothing()
    {
        var queue = new PresenceQueue(new LimitOptions());
        var entry = new Entry(3);
        queue.TryEnter(entry, entry.Measure(), 0).ShouldBeTrue();
        queue.Events.ShouldBe(3);
        queue.TryLeave(entry, entry.Measure(), 0).ShouldBeTrue();
        queue.Events.ShouldBe(0);
        queue.Bytes.ShouldBe(0);
        queue.Take(10, 1_000_000, 100).ShouldBeEmpty();
    }

    [Fact]
    public void Of_one_that_was_told_in_part_that_part_is_told_to_have_gone()
    {
        var queue = new PresenceQueue(new LimitOptions());
        var entry = new Entry(3);
        queue.TryEnter(entry, entry.Measure(), 0);
        queue.Take(2, 1_000_000, 0).Select(u => (u.Subscription, u.IsActive)).ShouldBe([(0, true), (1, true)]);
        queue.TryLeave(entry, entry.Measure(), 0);
        queue.Take(10, 1_000_000, 100).Select(u => (u.Subscription, u.IsActive)).ShouldBe([(0, false), (1, false)]);
    }

    [Fact]
    public void One_that_a_list_has_shown_is_told_to_have_gone_though_its_coming_was_not_told()
    {
        var queue = new PresenceQueue(new LimitOptions());
        var entry = new Entry(2);
        queue.TryEnter(entry, entry.Measure(), 0);
        queue.Show(entry).ShouldBeTrue();
        queue.TryLeave(entry, entry.Measure(), 0);
        queue.Show(entry).ShouldBeFalse();
        queue.Take(10, 1_000_000, 100).Select(u => (u.Subscription, u.IsActive)).ShouldBe([(0, false), (1, false)]);
    }

    [Fact]
    public void What_is_over_the_rate_of_an_address_or_a_token_is_told_later_and_holds_up_no_other()
    {
        var queue = new PresenceQueue(new LimitOptions { PresenceEventsPerAddress = 10, PresenceEventsPerToken = 1_000 });
        Enter(queue, new Entry(20) { Address = "a" });
        Enter(queue, new Entry(5) { Address = "a" });
        Enter(queue, new Entry(7) { Address = "b" });
        queue.Take(100, 1_000_000, 0).Count.ShouldBe(27);
        queue.Take(100, 1_000_000, 0.4).ShouldBeEmpty();
        queue.Take(100, 1_000_000, 0.5).Count.ShouldBe(5);

        // What cancelled out has cost nothing.
        var other = new PresenceQueue(new LimitOptions { PresenceEventsPerToken = 10 });
        for (var i = 0; i < 1_000; i++)
        {
            var entry = new Entry(20) { Reader = CallerIdentity.OfToken("t") };
            other.TryEnter(entry, entry.Measure(), 0);
            other.TryLeave(entry, entry.Measure(), 0);
        }

        Enter(other, new Entry(20) { Reader = CallerIdentity.OfToken("t") });
        other.Take(100, 1_000_000, 0).Count.ShouldBe(20);
    }

    [Fact]
    public void An_event_of_many_kilobytes_counts_for_the_rate_once_for_each()
    {
        var queue = new PresenceQueue(new LimitOptions { PresenceEventsPerAddress = 10 });
        Enter(queue, new Entry(1) { Address = "a", Size = 30 << 10 });
        queue.Take(100, 1_000_000, 0.9).ShouldBeEmpty();
        queue.Take(100, 1_000_000, 1).Count.ShouldBe(1);
    }

    [Fact]
    public void A_share_is_bounded_in_bytes_and_has_one_event_at_least()
    {
        var queue = new PresenceQueue(new LimitOptions());
        Enter(queue, new Entry(4) { Size = 400 });
        queue.Take(100, 1_000, 0).Count.ShouldBe(2);
        queue.Take(100, 100, 0).Count.ShouldBe(1);
        queue.Take(100, 1_000, 0).Count.ShouldBe(1);
        queue.Bytes.ShouldBe(0);
    }

    [Fact]
    public void Whenever_a_list_is_read_it_and_the_events_after_it_come_to_what_is_there()
    {
        var steps = Gen.ListOf(Gen.Choose(0, 99), 60).Select(l => l.ToList());
        Generated.Check(steps, Follow);
    }

    // A listener that reads the list at some moment, and applies every event from then on.
    private static void Follow(List<int> steps)
    {
        var limits = new LimitOptions { PresenceEventsPerAddress = 3, PresenceEvents = 100_000 };
        var queue = new PresenceQueue(limits);
        var there = new List<Entry>();
        HashSet<(Entry, int)>? view = null;
        var now = 0.0;
        foreach (var step in steps.Append(-1))
        {
            if (step is >= 0 and < 40)
            {
                var entry = new Entry(1 + (step % 4)) { Address = $"{step % 3}" };
                there.Add(entry);
                queue.TryEnter(entry, entry.Measure(), now).ShouldBeTrue();
            }
            else if (step is >= 40 and < 70 && there.Count > 0)
            {
                var entry = there[step % there.Count];
                there.Remove(entry);
                queue.TryLeave(entry, entry.Measure(), now).ShouldBeTrue();
            }
            else if (step is >= 70 and < 90)
            {
                now += 0.3;
                Apply(queue.Take(1 + (step % 5), 1_000_000, now));
            }
            else if (step >= 90)
            {
                view = [];
                foreach (var entry in there.Where(queue.Show)) view.UnionWith(Enumerable.Range(0, entry.Subscriptions).Select(i => (entry, i)));
            }
        }

        while (queue.Events > 0) Apply(queue.Take(100, 1_000_000, now += 10));
        queue.Bytes.ShouldBe(0);
        view?.ShouldBe(there.SelectMany(e => Enumerable.Range(0, e.Subscriptions).Select(i => (e, i))), ignoreOrder: true);

        void Apply(List<PresenceUpdate> updates)
        {
            foreach (var update in updates)
            {
                if (update.IsActive) view?.Add(((Entry)update.Entry, update.Subscription));
                else view?.Remove(((Entry)update.Entry, update.Subscription));
            }
        }
    }

    private static void Enter(PresenceQueue queue, Entry entry) => queue.TryEnter(entry, entry.Measure(), 0).ShouldBeTrue();

    private sealed class Entry(int subscriptions) : PresenceEntry
    {
        public int Size { get; init; } = 200;

        public override int Subscriptions => subscriptions;

        public override int BytesOf(int subscription) => Size;

        public override Event MakeEvent(int subscription, bool isActive) => throw new NotSupportedException();

        public override PresenceSubscription Describe(int subscription) => throw new NotSupportedException();

        public override PresenceEntry Renew(Guid id) => throw new NotSupportedException();
    }
}
