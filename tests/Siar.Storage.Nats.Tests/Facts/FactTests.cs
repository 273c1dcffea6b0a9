using System.Collections.Immutable;
using FsCheck.Fluent;
using Siar.Hub;
using Siar.Storage.Contract;
using Siar.Storage.Journal;
using Siar.Storage.Journal.Facts;
using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Nats.Tests.Facts;

public sealed class FactTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    [Fact]
    public void An_append_comes_back_as_it_was()
    {
        var content = new Event([Topic.Parse("a"), Topic.Parse("b")], "dätä"u8.ToArray()) { Id = EventId.Parse("own"), Type = EventType.Parse("t"), RetryMilliseconds = 7, IsPrivate = true, Key = "k" };
        var append = new Append([content, SharedLogs.Content("c", ""), Event.Closing(Topic.Parse("d"))]) { Idempotency = new IdempotencyKey("s", "k", (UInt128)1 << 70, TimeSpan.FromHours(1)) };
        var read = Read<Fact.Batch>(new Fact.Batch([append])).Appends.ShouldHaveSingleItem();
        read.Idempotency.ShouldBe(append.Idempotency);
        for (var i = 0; i < 3; i++)
        {
            var (one, other) = (read.Events[i], append.Events[i]);
            one.Topics.ShouldBe<ImmutableArray<Topic>>(other.Topics);
            (one.GetText(), one.Id, one.Type, one.RetryMilliseconds, one.IsPrivate, one.Key, one.IsClosing)
                .ShouldBe((other.GetText(), other.Id, other.Type, other.RetryMilliseconds, other.IsPrivate, other.Key, other.IsClosing));
        }
    }

    [Fact]
    public void A_plan_comes_back_as_it_was()
    {
        var plan = new RetentionPlan(
            new RetentionLimits(null, TimeSpan.FromDays(1), 5) { MaxKeys = 3 }, [new RetentionClass("jobs/", new RetentionLimits(0, null, null)), new RetentionClass("secret/", new RetentionLimits(1, null, null), PrivateOnly: true)])
        {
            IdempotencyKeys = 1, ClosedTopics = 2, TrimmedTopics = 3,
        };
        Read<Fact.PlanAdopted>(new Fact.PlanAdopted(plan)).Plan.IsSameAs(plan).ShouldBeTrue();
        PlanCodec.FromText(PlanCodec.ToText(plan)).IsSameAs(plan).ShouldBeTrue();
        var founding = new Fact.Founding(Epoch.New(), plan);
        Read<Fact.Founding>(founding).Epoch.ShouldBe(founding.Epoch);
    }

    [Fact]
    public void Parts_between_which_something_else_stands_count_for_nothing()
    {
        var large = Parts(new Fact.Batch([new Append([SharedLogs.Content("t", new string('x', 500))])]), 200);
        large.Count.ShouldBeGreaterThan(2);
        var tick = Parts(new Fact.Tick(), 200);
        var assembly = new FactAssembly();
        var read = new List<Fact>();
        foreach (var message in large.Take(2).Concat(tick).Concat(large.Skip(2)).Concat(large).Concat(large.Take(1)).Concat(tick))
        {
            if (assembly.Add(new JournalEntry(1, Now, message, IsNewest: true)) is { } fact) read.Add(fact.Fact);
        }

        read.Select(f => f.GetType().Name).ShouldBe(["Tick", "Batch", "Tick"]);
    }

    [Fact]
    public void What_a_later_version_has_written_is_said_to_be_so()
    {
        var message = Parts(new Fact.Tick(), 200)[0];
        message[1]++;
        Should.Throw<LogUnavailableException>(() => new FactAssembly().Add(new JournalEntry(1, Now, message, IsNewest: true))).Message.ShouldContain("later version");
    }

    [Fact]
    public void No_bytes_that_somebody_publishes_do_harm() => Generated.Check(
        Arb.From(Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf()),
        bytes =>
        {
            byte[] message = [(byte)'S', 1, .. bytes];
            foreach (var each in new[] { bytes, message, [.. message, .. new byte[26]] })
            {
                try
                {
                    new FactAssembly().Add(new JournalEntry(1, Now, each, IsNewest: true));
                }
                catch (Exception failure) when (failure is FormatException or LogUnavailableException)
                {
                    // A sentence, and the next message.
                }
            }
        },
        500);

    private static T Read<T>(Fact fact)
        where T : Fact
    {
        var assembled = new FactAssembly().Add(new JournalEntry(5, Now, Parts(fact, 1 << 20).ShouldHaveSingleItem(), IsNewest: true)).ShouldNotBeNull();
        (assembled.Sequence, assembled.Clock).ShouldBe((5, Now));
        return assembled.Fact.ShouldBeOfType<T>();
    }

    private static IReadOnlyList<byte[]> Parts(Fact fact, int max) => MessageFrame.Split(Guid.NewGuid(), FactCodec.Write(fact, null), max);
}
