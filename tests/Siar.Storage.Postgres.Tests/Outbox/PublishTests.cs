using Npgsql;
using Siar.Hub;
using Siar.Storage.Contract;
using Siar.Storage.Postgres.Outbox;
using Siar.Storage.Postgres.Schema;
using Siar.Storage.Postgres.Tests.Shared;
using Siar.Topics;

namespace Siar.Storage.Postgres.Tests.Outbox;

/// <summary>Publishing in the application's own transaction.</summary>
public sealed class PublishTests : IAsyncLifetime
{
    private static int _roles;
    private PostgresLog _log = null!;
    private string _connection = "";
    private NpgsqlDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _connection = await Databases.MakeAsync();
        _log = await TwoHubs.OpenAsync(_connection);
        _source = NpgsqlDataSource.Create(_connection);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _log.DisposeAsync();
    }

    [Fact]
    public async Task An_event_comes_to_readers_with_its_transaction_and_in_the_order_in_which_it_was_published()
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            for (var i = 0; i < 5; i++) await RunAsync(connection, $"SELECT siar.publish('orders/{i % 2}', '{i}')");
            await _log.MoveOutboxAsync();
            _log.Head.ShouldBe(0);
            await transaction.CommitAsync();
        }

        SharedLogs.Texts(await SharedLogs.FollowAsync(_log, 0, 5)).ShouldBe("0 1 2 3 4");
    }

    [Fact]
    public async Task A_transaction_that_is_rolled_back_publishes_nothing()
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await RunAsync(connection, "SELECT siar.publish('orders', 'never')");
            await transaction.RollbackAsync();
        }

        await RunAsync(connection, "SELECT siar.publish('orders', 'done')");
        SharedLogs.Texts(await SharedLogs.FollowAsync(_log, 0, 1)).ShouldBe("done");
        _log.Head.ShouldBe(1);
    }

    [Fact]
    public async Task All_that_an_event_has_comes_through()
    {
        await RunAsync("SELECT siar.publish(ARRAY['a', 'b', 'a'], E'two\\nlines €', id => 'urn:1', type => 'kind', retry => 1500, private => true, key => 'k')");
        var content = (await SharedLogs.FollowAsync(_log, 0, 1))[0].Content;
        content.Topics.Select(t => t.Value).ShouldBe(["a", "b"]);
        content.GetText().ShouldBe("two\nlines €");
        (content.Id.Value, content.Type.Value, content.RetryMilliseconds, content.IsPrivate, content.Key).ShouldBe(("urn:1", "kind", 1500, true, "k"));
    }

    [Fact]
    public async Task What_only_the_log_can_refuse_is_kept_with_its_reason()
    {
        var refused = new List<RefusedEvent>();
        _log.OnRefused = refused.Add;
        await SharedLogs.AppendAsync(_log, Event.Closing(Topic.Parse("done")));
        await RunAsync("SELECT siar.publish('done', 'late'), siar.publish('open', 'good', idempotency_key => 'k'), siar.publish('open', 'other', idempotency_key => 'k'), siar.publish('open', 'good', idempotency_key => 'k')");
        await _log.MoveOutboxAsync();

        SharedLogs.Texts(await SharedLogs.FollowAsync(_log, 1, 1)).ShouldBe("good");
        _log.Head.ShouldBe(2);
        refused.Select(r => r.Topic).ShouldBe(["done", "open"]);
        (await Databases.ReadAsync(_connection, "SELECT string_agg(topics[1] || ': ' || reason, '; ' ORDER BY seq) FROM siar.outbox_refused")).ShouldBe(
            "done: One of the topics is closed: nothing is published there any more.; open: This idempotency key was used for another publish: give each publish a key of its own.");
        (await Databases.ReadAsync(_connection, "SELECT count(*) FROM siar.outbox")).ShouldBe(0L);
    }

    [Fact]
    public async Task What_was_written_into_the_table_and_is_no_event_stops_nothing()
    {
        await RunAsync("INSERT INTO siar.outbox (log, topics, data, private, role) SELECT log, ARRAY['*'], 'x', false, 'me' FROM siar.log");
        await RunAsync("SELECT siar.publish('t', 'good')");
        SharedLogs.Texts(await SharedLogs.FollowAsync(_log, 0, 1)).ShouldBe("good");
        ((string?)await Databases.ReadAsync(_connection, "SELECT reason FROM siar.outbox_refused")).ShouldStartWith("The topic '*' stands for every topic");
    }

    [Theory]
    [InlineData("'', 'x'", "One of the event's topics is empty.")]
    [InlineData("'*', 'x'", "The topic '*' stands for every topic: it can be subscribed to, not published to.")]
    [InlineData("'t', NULL", "The event has no data: an empty one is '', not NULL.")]
    [InlineData("'t', 'x', id => '#abcdefgh.1'", "The id begins with '#', as those that the hub makes: choose another, or send none.")]
    [InlineData("'t', 'x', type => 'siar.gap'", "The type 'siar.gap' begins with 'siar.', which is kept for the hub's own signals.")]
    [InlineData("'t', 'x', type => 'mercure'", "The type 'mercure' is kept for the hub's own events: choose another.")]
    [InlineData("'https://h/.well-known/mercure/subscriptions/x', 'x'", "The topic 'https://h/.well-known/mercure/subscriptions/x' is kept for the hub itself: choose another.")]
    [InlineData("'t', 'x', retry => -1", "The event's retry is negative: it counts milliseconds.")]
    [InlineData("'t', repeat('x', 1048577)", "The data is 1048577 bytes; at most 1048576 are taken in one event.")]
    [InlineData("'t', 'x', log => 'none'", "There is no log 'none': the first hub that opens it makes it, or 'siar db init'.")]
    [InlineData("ARRAY[]::text[], 'x'", "The event has no topic: give at least one.")]
    [InlineData("'t', 'x', idempotency_key => ''", "The idempotency key is empty.")]
    public async Task What_is_no_event_is_refused_within_the_transaction(string arguments, string sentence) =>
        (await Should.ThrowAsync<PostgresException>(() => RunAsync($"SELECT siar.publish({arguments})"))).MessageText.ShouldBe(sentence);

    [Fact]
    public async Task A_role_publishes_where_the_table_lets_it_and_sees_nothing_else()
    {
        var (role, group) = (NewRole(), NewRole());
        await RunAsync($"CREATE ROLE {role} LOGIN; CREATE ROLE {group}; GRANT {group} TO {role}");
        await using var source = NpgsqlDataSource.Create(_connection.Replace("Username=siar", $"Username={role}", StringComparison.Ordinal));
        await using var connection = await source.OpenConnectionAsync();

        (await RefusedAsync(connection, "SELECT siar.publish('jobs/1', 'x')")).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        await RunAsync(Rights.OfPublisher(role));
        (await RefusedAsync(connection, "SELECT siar.publish('jobs/1', 'x')")).MessageText.ShouldBe($"The role '{role}' may not publish on the topic 'jobs/1'.");
        await RunAsync($"INSERT INTO siar.publisher VALUES ('{role}', 'prefix', 'jobs/'), ('{group}', 'topic', 'news')");

        await RunAsync(connection, "SELECT siar.publish('jobs/1', '1'), siar.publish(ARRAY['news', 'jobs/2'], '2')");
        foreach (var statement in new[]
        {
            "SELECT siar.publish('job', 'x')", "SELECT siar.publish('news/1', 'x')", "SELECT siar.publish(ARRAY['news', 'other'], 'x')",
            "SELECT * FROM siar.outbox", "SELECT * FROM siar.event", "INSERT INTO siar.publisher VALUES (current_user, 'prefix', '')", "DELETE FROM siar.log",
        })
        {
            (await RefusedAsync(connection, statement)).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, statement);
        }

        SharedLogs.Texts(await SharedLogs.FollowAsync(_log, 0, 2)).ShouldBe("1 2");
        _log.Head.ShouldBe(2);
    }

    /// <summary>The function's own search path holds, whatever the caller has put before it.</summary>
    [Fact]
    public async Task A_role_cannot_put_something_of_its_own_in_the_functions_way()
    {
        var role = NewRole();
        await RunAsync($"CREATE ROLE {role} LOGIN; CREATE SCHEMA mine_{role} AUTHORIZATION {role}; {Rights.OfPublisher(role)}");
        await using var source = NpgsqlDataSource.Create(_connection.Replace("Username=siar", $"Username={role}", StringComparison.Ordinal));
        await using var connection = await source.OpenConnectionAsync();
        await RunAsync(
            connection,
            $"""
            CREATE FUNCTION mine_{role}.pg_has_role(name, name, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
            CREATE FUNCTION mine_{role}.starts_with(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
            CREATE TEMP TABLE publisher AS SELECT current_user AS role, 'prefix' AS kind, '' AS topic;
            SET search_path = mine_{role}, pg_temp, pg_catalog;
            """);
        (await RefusedAsync(connection, "SELECT siar.publish('t', 'x')")).MessageText.ShouldBe($"The role '{role}' may not publish on the topic 't'.");
    }

    private static string NewRole() => $"app_{Environment.ProcessId}_{Interlocked.Increment(ref _roles)}";

    private static Task<PostgresException> RefusedAsync(NpgsqlConnection connection, string sql) => Should.ThrowAsync<PostgresException>(() => RunAsync(connection, sql));

    private async Task RunAsync(string sql)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await RunAsync(connection, sql);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
