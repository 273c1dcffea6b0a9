using System.Collections.Immutable;

namespace Siar.Topics.Tests.Index;

/// <summary>What the index itself takes for a value, beside the value, its matchers and their text.</summary>
[Collection(nameof(Alone))]
public sealed class IndexMemoryTests(ITestOutputHelper output)
{
    private const int Entries = 10_000;

    private readonly object[] _values = [.. Enumerable.Range(0, Entries).Select(_ => new object())];

    [Fact]
    public void A_topic_with_one_value_costs_no_more_than_its_place_in_a_hash_table() =>
        BytesPerEntry([.. Enumerable.Range(0, Entries).Select(i => MatcherSet.OfTopics(Topic.Parse($"/{i}")))]).ShouldBeLessThan(64);

    [Fact]
    public void One_of_many_values_under_a_topic_costs_no_more_than_its_place_in_a_hash_table() =>
        BytesPerEntry([.. Enumerable.Repeat(MatcherSet.OfTopics(Topic.Parse("prices")), Entries)]).ShouldBeLessThan(64);

    [Fact]
    public void An_index_that_has_been_emptied_gives_its_memory_back()
    {
        var sets = Enumerable.Range(0, Entries).Select(i => MatcherSet.OfTopics(Topic.Parse($"/{i}"), Topic.Parse("prices"))).ToImmutableArray();
        var index = new TopicIndex<object>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Entries; i++) index.Add(sets[i], _values[i]);
        for (var i = 0; i < Entries; i++) index.Remove(sets[i], _values[i]).ShouldBeTrue();

        var held = GC.GetTotalMemory(forceFullCollection: true) - before;

        held.ShouldBeLessThan(64 * 1024);
        GC.KeepAlive(index);
    }

    private double BytesPerEntry(ImmutableArray<MatcherSet> sets)
    {
        var index = new TopicIndex<object>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Entries; i++) index.Add(sets[i], _values[i]);
        var bytes = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / Entries;
        output.WriteLine($"{bytes:0.0} bytes per entry");
        GC.KeepAlive(index);
        return bytes;
    }
}
