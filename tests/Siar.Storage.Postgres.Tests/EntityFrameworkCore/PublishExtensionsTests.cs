using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Siar.EntityFrameworkCore;
using Siar.Hub;
using Siar.Storage.Contract;
using Siar.Storage.Postgres.Schema;
using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Tests.EntityFrameworkCore;

/// <summary>Publishing with SaveChanges.</summary>
public sealed class PublishExtensionsTests : IAsyncLifetime
{
    private Shop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await Shop.OpenAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task An_event_is_published_with_SaveChanges_and_with_all_that_it_has()
    {
        var content = new Event([Topic.Parse("orders/7"), Topic.Parse("all")], "two\nlines €"u8.ToArray())
        {
            Id = EventId.Parse("o-7"), Type = EventType.Parse("state"), RetryMilliseconds = 9, IsPrivate = true, Key = "7",
        };
        await using var db = _shop.NewContext();
        db.Add(new Order());
        db.PublishEvent("orders", "new");
        db.PublishEvent(content);
        db.PublishEvent("orders", new Placed(7, "tea"), PlacedJson.Default.Placed, "placed", "7", isPrivate: true);
        await db.SaveChangesAsync();

        var events = await SharedLogs.FollowAsync(_shop.Log, 0, 3);
        SharedLogs.Texts(events).ShouldBe("""new two{0}lines € {"Number":7,"What":"tea"}""".Replace("{0}", "\n", StringComparison.Ordinal));
        var whole = events[1].Content;
        whole.Topics.ShouldBe<System.Collections.Immutable.ImmutableArray<Topic>>(content.Topics);
        (whole.Id, whole.Type, whole.RetryMilliseconds, whole.IsPrivate, whole.Key).ShouldBe((content.Id, content.Type, 9, true, "7"));
        var typed = events[2].Content;
        (typed.Type.Value, typed.Key, typed.IsPrivate).ShouldBe(("placed", "7", true));
        (await db.Orders.CountAsync()).ShouldBe(1);
    }

    /// <summary>Entity Framework Core is free to order what it inserts, and sends it in batches.</summary>
    [Fact]
    public async Task The_events_of_one_SaveChanges_keep_their_order()
    {
        await using var db = _shop.NewContext();
        for (var i = 0; i < 300; i++)
        {
            if (i % 7 == 0) db.Add(new Order());
            db.PublishEvent($"orders/{i * 31 % 17}", $"{i}");
        }

        await db.SaveChangesAsync();
        SharedLogs.Texts(await SharedLogs.FollowAsync(_shop.Log, 0, 300)).ShouldBe(string.Join(' ', Enumerable.Range(0, 300)));
    }

    [Fact]
    public async Task A_transaction_that_is_rolled_back_publishes_nothing()
    {
        await using var db = _shop.NewContext();
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.PublishEvent("orders", "never");
            await db.SaveChangesAsync();
            await transaction.RollbackAsync();
        });
        db.PublishEvent("orders", "done");
        await db.SaveChangesAsync();
        SharedLogs.Texts(await SharedLogs.FollowAsync(_shop.Log, 0, 1)).ShouldBe("done");
        await _shop.Log.MoveOutboxAsync();
        _shop.Log.Head.ShouldBe(1);
    }

    [Fact]
    public async Task ExecuteUpdate_saves_no_event()
    {
        await using var db = _shop.NewContext();
        db.PublishEvent("orders", "later");
        await db.Orders.ExecuteUpdateAsync(o => o.SetProperty(order => order.State, "sent"));
        (await Databases.ReadAsync(_shop.Connection, "SELECT count(*) FROM siar.outbox")).ShouldBe(0L);
        await _shop.Log.MoveOutboxAsync();
        _shop.Log.Head.ShouldBe(0);
    }

    /// <summary>The strategy inserts once more what it does not know to be there.</summary>
    [Fact]
    public async Task An_event_whose_commit_was_not_heard_of_is_published_once_although_it_is_saved_again()
    {
        await using var proxy = new TcpProxy((await PostgresServer.Shared).Port);
        proxy.LoseAnswer(static answer => answer.Span.IndexOf("C\0\0\0\u000bCOMMIT"u8) >= 0);
        await using var db = _shop.NewContext(await _shop.ThroughAsync(proxy));
        db.PublishEvent("orders", "first");
        db.PublishEvent("orders", "second");
        await db.SaveChangesAsync();

        proxy.AnswersLost.ShouldBe(1);
        SharedLogs.Texts(await SharedLogs.FollowAsync(_shop.Log, 0, 2)).ShouldBe("first second");
        await _shop.Log.MoveOutboxAsync();
        _shop.Log.Head.ShouldBe(2);
    }

    [Fact]
    public async Task A_delegate_that_is_tried_again_publishes_once_under_a_key_that_was_made_outside()
    {
        await using var proxy = new TcpProxy((await PostgresServer.Shared).Port);
        proxy.LoseAnswer(static answer => answer.Span.IndexOf("C\0\0\0\u000bCOMMIT"u8) >= 0);
        await using var db = _shop.NewContext(await _shop.ThroughAsync(proxy));
        var (order, key, attempts) = (Guid.NewGuid(), Guid.NewGuid().ToString(), 0);
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            attempts++;
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync();
            if (!await db.Orders.AnyAsync(o => o.Id == order)) db.Add(new Order { Id = order });
            db.PublishEvent("orders", "placed", idempotencyKey: key);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        });

        attempts.ShouldBe(2);
        SharedLogs.Texts(await SharedLogs.FollowAsync(_shop.Log, 0, 1)).ShouldBe("placed");
        await _shop.Log.MoveOutboxAsync();
        _shop.Log.Head.ShouldBe(1);
        (await db.Orders.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_role_saves_what_it_may_publish_and_nothing_where_it_may_not()
    {
        var role = $"shop_{Environment.ProcessId}";
        await Databases.ExecuteAsync(
            _shop.Connection,
            $"""CREATE ROLE {role} LOGIN; {Rights.OfPublisher(role)} GRANT SELECT, INSERT ON "Orders" TO {role}; INSERT INTO siar.publisher VALUES ('{role}', 'prefix', 'orders/')""");
        await using var db = _shop.NewContext(_shop.Connection.Replace("Username=siar", $"Username={role}", StringComparison.Ordinal));
        db.PublishEvent("orders/1", "mine");
        await db.SaveChangesAsync();
        SharedLogs.Texts(await SharedLogs.FollowAsync(_shop.Log, 0, 1)).ShouldBe("mine");

        db.Add(new Order());
        db.PublishEvent("news", "not mine");
        (await Should.ThrowAsync<DbUpdateException>(() => db.SaveChangesAsync())).InnerException.ShouldBeOfType<PostgresException>().MessageText.ShouldBe(
            $"The role '{role}' may not publish on the topic 'news'.");
        (await db.Orders.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_topic_cannot_be_closed_with_SaveChanges()
    {
        await using var db = _shop.NewContext();
        Should.Throw<ArgumentException>(() => db.PublishEvent(Event.Closing(Topic.Parse("orders")))).Message.ShouldStartWith("A topic cannot be closed in a transaction: close it through a hub.");
    }

    [Fact]
    public void A_context_without_an_outbox_says_how_it_comes_by_one()
    {
        using var db = new DbContext(new DbContextOptionsBuilder().UseNpgsql(_shop.Connection).Options);
        Should.Throw<InvalidOperationException>(() => db.PublishEvent("orders", "x")).Message.ShouldBe(
            "The model has no outbox: call modelBuilder.UseSiarOutbox() in OnModelCreating of the context.");
    }
}

internal sealed record Placed(int Number, string What);

[JsonSerializable(typeof(Placed))]
internal sealed partial class PlacedJson : JsonSerializerContext;
