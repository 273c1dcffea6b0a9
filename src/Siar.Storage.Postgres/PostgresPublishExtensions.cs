using Npgsql;
using NpgsqlTypes;
using Siar.Hub;

namespace Siar.Storage.Postgres;

/// <summary>Publishes in the application's own transaction: readers get the event after the transaction is committed, and never where it is not.</summary>
public static class PostgresPublishExtensions
{
    private const string Sql = "SELECT siar.publish($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    /// <summary>Publishes an event with one topic.</summary>
    /// <param name="transaction">The transaction, in the database of the hubs' log.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The text.</param>
    /// <param name="cancellationToken">Ends the statement, and with it the transaction.</param>
    /// <exception cref="ArgumentException">There can be no such topic or text.</exception>
    /// <exception cref="PostgresException">The role may not publish there, or the log's limits do not allow it. The transaction can only be rolled back.</exception>
    public static Task PublishEventAsync(this NpgsqlTransaction transaction, string topic, string data, CancellationToken cancellationToken = default) =>
        transaction.PublishEventAsync(new Event(ParseTopic(topic), data), cancellationToken: cancellationToken);

    /// <summary>Publishes an event.</summary>
    /// <param name="transaction">The transaction, in the database of the hubs' log.</param>
    /// <param name="content">The event.</param>
    /// <param name="idempotencyKey">
    /// Names the publish: of several with the same key by one role within a day the first counts. Make it once, outside of what is tried again; null for
    /// none.
    /// </param>
    /// <param name="log">The log, by its name (<see cref="PostgresLogOptions.Log"/>).</param>
    /// <param name="cancellationToken">Ends the statement, and with it the transaction.</param>
    /// <exception cref="ArgumentException">The event closes its topic, which a transaction cannot.</exception>
    /// <exception cref="PostgresException">The role may not publish there, or the log's limits do not allow it. The transaction can only be rolled back.</exception>
    public static async Task PublishEventAsync(
        this NpgsqlTransaction transaction, Event content, string? idempotencyKey = null, string log = "siar", CancellationToken cancellationToken = default)
    {
        if (content.IsClosing) throw new ArgumentException("A topic cannot be closed in a transaction: close it through a hub.", nameof(content));
        await using var command = new NpgsqlCommand(Sql, transaction.Connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. content.Topics.Select(t => t.Value)] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = content.GetText() });
        Add(command, NpgsqlDbType.Text, content.Id.IsNone ? null : content.Id.Value);
        Add(command, NpgsqlDbType.Text, content.Type.IsNone ? null : content.Type.Value);
        Add(command, NpgsqlDbType.Integer, content.RetryMilliseconds);
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = content.IsPrivate });
        Add(command, NpgsqlDbType.Text, content.Key);
        Add(command, NpgsqlDbType.Text, idempotencyKey);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = log });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Topics.Topic ParseTopic(string topic) =>
        Topics.Topic.TryCreate(topic, out var made, out var error) ? made : throw new ArgumentException(error, nameof(topic));

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
}
