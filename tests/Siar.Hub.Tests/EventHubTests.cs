using System.Text.Json.Serialization;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests;

/// <summary>The hub with its threads, as an application uses it.</summary>
public sealed partial class EventHubTests
{
    [Fact]
    public async Task A_reader_in_the_process_gets_what_is_published_in_order()
    {
        await using var fixture = new Fixture();
        var hub = fixture.Hub;
        var request = new SubscribeRequest { Matchers = MatcherSet.OfTopics(Topic.Parse("a")), Start = Cursor.Earliest };
        for (var i = 0; i < 500; i++) await hub.PublishAsync("a", $"{i}");
        _ = Task.Run(async () =>
        {
            for (var i = 500; i < 3_000; i++) await hub.PublishAsync("a", $"{i}");
        });

        var expected = 0;
        await foreach (var delivery in hub.SubscribeAsync(request, TestContext.Current.CancellationToken))
        {
            if (delivery is not Delivery.Published published) continue;
            published.Logged.Content.GetText().ShouldBe($"{expected}");
            if (++expected == 3_000) break;
        }
    }

    [Fact]
    public async Task One_line_says_type_key_and_that_an_event_is_private()
    {
        await using var fixture = new Fixture();
        var text = (await fixture.Hub.PublishAsync("a", "x", type: "note", key: "k", isPrivate: true)).Content;
        var value = (await fixture.Hub.PublishAsync("a", new Order(7, "tea"), OrderContext.Default.Order, type: "note", key: "k", isPrivate: true)).Content;
        var reflected = (await fixture.Hub.PublishAsync("a", new Order(7, "tea"), type: "note", key: "k", isPrivate: true)).Content;
        foreach (var content in new[] { text, value, reflected }) (content.Type.Value, content.Key, content.IsPrivate).ShouldBe(("note", "k", true));
        await Should.ThrowAsync<ArgumentException>(async () => await fixture.Hub.PublishAsync("a", "x", type: "siar.gap"));
        // Half a character: replaced in silence, it would not be what was published.
        await Should.ThrowAsync<ArgumentException>(async () => await fixture.Hub.PublishAsync("a", "x\ud800", type: "note"));
        await Should.ThrowAsync<ArgumentException>(async () => await fixture.Hub.PublishAsync("a", "x\ud800", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_typed_topic_is_published_to_and_read_as_what_it_is_and_a_family_is_read_as_a_whole()
    {
        await using var fixture = new Fixture();
        var orders = new Topic<Order>("orders/{id}", OrderContext.Default.Order);
        await fixture.Hub.PublishAsync(orders.With("7"), new Order(7, "tea"), isPrivate: true);
        await fixture.Hub.PublishAsync("orders/8/notes", "of another topic");
        await fixture.Hub.PublishAllAsync(orders.With("8"), Later(new Order(8, "milk"), new Order(8, "more milk")));
        await Should.ThrowAsync<InvalidOperationException>(async () => await fixture.Hub.PublishAsync(orders, new Order(9, "which?")));

        (await ReadAsync(orders, 3)).ShouldBe([new Order(7, "tea"), new Order(8, "milk"), new Order(8, "more milk")]);
        (await ReadAsync(orders.With("8"), 2)).ShouldBe([new Order(8, "milk"), new Order(8, "more milk")]);

        async Task<List<Order?>> ReadAsync(Topic<Order> topic, int count)
        {
            var read = new List<Order?>();
            await foreach (var delivery in fixture.Hub.SubscribeAsync(topic, Cursor.Earliest, TestContext.Current.CancellationToken))
            {
                if (delivery.IsEvent) read.Add(delivery.Value);
                if (read.Count == count) break;
            }

            return read;
        }
    }

    [Fact]
    public async Task What_comes_from_a_source_is_published_before_more_is_asked_for_and_what_it_throws_comes_out()
    {
        await using var fixture = new Fixture();
        var published = new List<long>();
        async IAsyncEnumerable<string> Tokens()
        {
            for (var i = 0; i < 3; i++)
            {
                published.Add(fixture.Log.Head);
                yield return $"{i}";
                await Task.Yield();
            }

            throw new InvalidDataException("The model is gone.");
        }

        (await Should.ThrowAsync<InvalidDataException>(() => fixture.Hub.PublishAllAsync("answers/1", Tokens(), type: "token"))).Message.ShouldBe("The model is gone.");
        published.ShouldBe([0, 1, 2]);
        fixture.Log.Head.ShouldBe(3);
    }

    [Fact]
    public async Task A_typed_payload_is_json_by_source_generation_and_by_options()
    {
        await using var fixture = new Fixture();
        var generated = await fixture.Hub.PublishAsync("orders", new Order(7, "tea"), OrderContext.Default.Order);
        var reflected = await fixture.Hub.PublishAsync("orders", new Order(7, "tea"));
        generated.Content.GetText().ShouldBe("""{"Id":7,"Name":"tea"}""");
        reflected.Content.GetText().ShouldBe("""{"id":7,"name":"tea"}""");
    }

    [Fact]
    public async Task An_event_beyond_a_limit_is_refused_with_a_sentence()
    {
        await using var fixture = new Fixture();
        fixture.Options.Limits.EventBytes = 3;
        var refusal = await Should.ThrowAsync<ArgumentException>(async () => await fixture.Hub.PublishAsync("a", "four"));
        refusal.Message.ShouldContain("at most 3");
    }

    [Fact]
    public async Task What_is_revoked_ends_the_streams_that_it_let_in_also_those_that_come_only_then()
    {
        await using var fixture = new Fixture();
        var revoked = await AttachAsync("old key");
        var kept = await AttachAsync("other key");
        var unasked = await AttachAsync(null);

        fixture.Hub.Changes.Revoke(by => Equals(by, "old key"));
        // One that was let in before, and came to its lane only now.
        var late = await AttachAsync("old key");

        (await revoked.Ended).ShouldBe(EndReason.Revoked);
        (await late.Ended).ShouldBe(EndReason.Revoked);
        kept.Ended.IsCompleted.ShouldBeFalse();
        unasked.Ended.IsCompleted.ShouldBeFalse();

        ValueTask<Subscriber> AttachAsync(object? admittedBy) =>
            fixture.Hub.AttachAsync(new SubscribeRequest { Matchers = MatcherSet.All, AdmittedBy = admittedBy }, new TestOutlet(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_drain_ends_every_stream_and_a_stopped_hub_says_so()
    {
        var fixture = new Fixture();
        var request = new SubscribeRequest { Matchers = MatcherSet.All };
        var reading = Task.Run(async () =>
        {
            var live = 0;
            await foreach (var delivery in fixture.Hub.SubscribeAsync(request))
            {
                if (delivery is Delivery.Live) live++;
            }

            return live;
        });
        while (fixture.Hub.Subscribers == 0) await Task.Yield();

        await fixture.Hub.DrainAsync();
        (await reading).ShouldBeLessThanOrEqualTo(1);
        fixture.Hub.IsDraining.ShouldBeTrue();
        await fixture.DisposeAsync();
        await Should.ThrowAsync<HubStoppedException>(async () => await fixture.Hub.PublishAsync("a", "late"));
    }

    private static async IAsyncEnumerable<Order> Later(params Order[] orders)
    {
        foreach (var order in orders)
        {
            await Task.Yield();
            yield return order;
        }
    }

    private sealed record Order(int Id, string Name);

    [JsonSerializable(typeof(Order))]
    private sealed partial class OrderContext : JsonSerializerContext;

    private sealed class Fixture : IAsyncDisposable
    {
        public Fixture()
        {
            Log = new MemoryLog(Options.Retention, [], TimeProvider.System);
            Hub = new EventHub(Log, Options, TimeProvider.System);
            Hub.Start();
        }

        public HubOptions Options { get; } = new() { Lanes = 2 };

        public MemoryLog Log { get; }

        public EventHub Hub { get; }

        public async ValueTask DisposeAsync()
        {
            await Hub.DisposeAsync();
            await Log.DisposeAsync();
        }
    }
}
