using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Siar.Storage.Contract.History;

/// <summary>Makes histories, and smaller ones of one that failed.</summary>
internal static class HistoryGenerator
{
    private static readonly string[] TopicNames = ["a", "b", "b/1", "b/2", "https://x.example/1", "HTTPS://X.example/2", "https:b/3"];
    public static readonly string[] SelectorNames = ["*", "a", "b", "a b/1", "b/{n}", "{any}", "https://x.example/{n} a", "pattern=https://x.example/:n", "pattern=/b/:n a", "pattern=https://*/:n", "nothing"];
    private static readonly string[] Ids = ["i1", "i2", "i3", "i4", "i5"];

    public static Arbitrary<ImmutableArray<Step>> Histories { get; } = Arb.From(
        Steps().ListOf().Resize(60).Select(steps => steps.ToImmutableArray()),
        Smaller);

    private static Gen<Step> Steps() => Gen.Frequency(
        (8, Batches().Select(Step (batches) => new Step.Append(batches))),
        (2, Gen.Choose(1, 40).Select(Step (seconds) => new Step.Wait(seconds))),
        (1, Gen.Choose(-200, 200).Select(Step (seconds) => new Step.Turn(seconds))),
        (1, Gen.Constant<Step>(new Step.Reopen())),
        (6, Reads()),
        (5, Selections()),
        (3, Gen.Elements(Ids).Select(Step (id) => new Step.Resolve(id))));

    private static Gen<Step> Reads() =>
        from selectors in Gen.Elements(SelectorNames)
        from after in Gen.Elements(0, 0, 50, 90, 100)
        from events in Gen.Elements(1, 2, 3, 50)
        from bytes in Gen.Elements(1, 30, 10_000)
        select (Step)new Step.Read(selectors, after, events, bytes);

    private static Gen<Step> Selections() =>
        from selectors in Gen.Elements(SelectorNames)
        from grants in Gen.Elements("*", "nothing", "a", "b b/1")
        from last in Gen.Elements(0, 0, 0, 1, 2, 5)
        from after in Gen.Elements(0, 0, 50, 90)
        from events in Gen.Elements(1, 2, 50)
        select (Step)new Step.Select(selectors, grants, last, after, events);

    private static Gen<ImmutableArray<ImmutableArray<NewEvent>>> Batches() =>
        from count in Gen.Choose(1, 3)
        from batches in Events().ListOf(count)
        select batches.ToImmutableArray();

    private static Gen<ImmutableArray<NewEvent>> Events() =>
        from count in Gen.Choose(1, 4)
        from events in NewEvents().ListOf(count)
        select events.ToImmutableArray();

    private static Gen<NewEvent> NewEvents() =>
        from first in Gen.Elements(TopicNames)
        from second in Gen.Elements(TopicNames)
        from alternates in Gen.Choose(0, 4)
        from size in Gen.Choose(0, 20)
        from id in Gen.Elements<string?>([null, null, null, .. Ids])
        from isPrivate in Gen.Choose(0, 3)
        from key in Gen.Elements<string?>(null, null, "k1", "k2", "k3")
        select new NewEvent(alternates == 0 ? $"{first} {second}" : first, size, id, isPrivate == 0, key);

    private static IEnumerable<ImmutableArray<Step>> Smaller(ImmutableArray<Step> steps)
    {
        for (var size = steps.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= steps.Length; at += size) yield return steps.RemoveRange(at, size);
        }
    }
}
