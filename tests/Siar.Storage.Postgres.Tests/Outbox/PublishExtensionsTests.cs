using Npgsql;
using Siar.Hub;
using Siar.Storage.Contract;
using Siar.Storage.Postgres.Tests.Shared;
using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Tests.Outbox;

public sealed class PublishExtensionsTests
{
    [Fact]
    public async Task An_event_is_published_with_the_transaction_and_with_all_that_it_has()
    {
        var connection = await Databases.MakeAsync();
        await using var log = await TwoHubs.OpenAsync(connection);
        await using var source = NpgsqlDataSource.Create(connection);
        await using var open = await source.OpenConnectionAsync();
        var content = new Event([Topic.Parse("orders/7"), Topic.Parse("all")], "paid"u8.ToArray())
        {
            Id = EventId.Parse("o-7"), Type = EventType.Parse("state"), RetryMilliseconds = 9, IsPrivate = true, Key = "7",
        };
        await using (var transaction = await open.BeginTransactionAsync())
        {
            await transaction.PublishEventAsync("orders", "new");
            await transaction.PublishEventAsync(content);
            await transaction.CommitAsync();
        }

        await using (var undone = await open.BeginTransactionAsync())
        {
            await undone.PublishEventAsync("orders", "never");
        }

        var events = await SharedLogs.FollowAsync(log, 0, 2);
        SharedLogs.Texts(events).ShouldBe("new paid");
        var whole = events[1].Content;
        whole.Topics.ShouldBe<System.Collections.Immutable.ImmutableArray<Topic>>(content.Topics);
        (whole.Id, whole.Type, whole.RetryMilliseconds, whole.IsPrivate, whole.Key).ShouldBe((content.Id, content.Type, 9, true, "7"));
        await log.MoveOutboxAsync();
        log.Head.ShouldBe(2);
    }

    /// <summary>The application does it all again, since it does not know that it was done.</summary>
    [Fact]
    public async Task A_transaction_whose_commit_was_not_heard_of_publishes_once_under_its_key()
    {
        var connection = await Databases.MakeAsync();
        await using var log = await TwoHubs.OpenAsync(connection);
        var port = (await PostgresServer.Shared).Port;
        await using var proxy = new TcpProxy(port);
        await using var source = NpgsqlDataSource.Create(connection.Replace($"Port={port};", $"Port={proxy.Port};", StringComparison.Ordinal) + ";Pooling=false");
        var key = Guid.NewGuid().ToString();
        proxy.LoseAnswer(static answer => answer.Span.IndexOf("C\0\0\0\u000bCOMMIT"u8) >= 0);
        await Should.ThrowAsync<NpgsqlException>(() => PlaceAsync());
        proxy.AnswersLost.ShouldBe(1);
        await PlaceAsync();

        SharedLogs.Texts(await SharedLogs.FollowAsync(log, 0, 1)).ShouldBe("placed");
        await log.MoveOutboxAsync();
        log.Head.ShouldBe(1);

        async Task PlaceAsync()
        {
            await using var open = await source.OpenConnectionAsync();
            await using var transaction = await open.BeginTransactionAsync();
            await transaction.PublishEventAsync(new Event(Topic.Parse("orders"), "placed"), key);
            await transaction.CommitAsync();
        }
    }
}
