using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Siar.Wire;

namespace Siar.EntityFrameworkCore;

/// <summary>What was read, and where its readers go on.</summary>
/// <param name="State">What was read.</param>
/// <param name="EventId">The id to subscribe with, as <c>lastEventId</c>: every event of a transaction that the state does not show comes after it.</param>
/// <param name="IsExact">
/// Whether those alone come. False where transactions that the state shows had events on their way into the log until there was no more time to wait:
/// those come again.
/// </param>
public sealed record StateAtEvent<T>(T State, EventId EventId, bool IsExact);

/// <summary>Reads the first state of a page together with the id at which its events go on.</summary>
public static class SnapshotExtensions
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Reads in one snapshot of the database, and says with which id a subscriber goes on from there: it misses nothing that the state does not show, and gets
    /// nothing that it shows. Events that applications publish in their transactions are meant (<see cref="PublishExtensions"/>, <c>siar.publish</c>); one
    /// that is given to a hub has no part in a transaction.
    /// </summary>
    /// <param name="db">The context, whose model has the outbox and which has no transaction.</param>
    /// <param name="read">Reads the state. It may be called again where the execution strategy tries again.</param>
    /// <param name="topics">The topics of the page; null for all. Only what is on its way to these is waited for.</param>
    /// <param name="patience">How long to wait for a moment in which nothing is on its way into the log; null for one second. Most of the time there is no wait.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">The context has a transaction, or its model has no outbox.</exception>
    public static async Task<StateAtEvent<T>> ReadAtEventAsync<T>(
        this DbContext db, Func<CancellationToken, Task<T>> read, IReadOnlyCollection<string>? topics = null, TimeSpan? patience = null, CancellationToken cancellationToken = default)
    {
        var log = OutboxModelBuilderExtensions.LogOf(db.Model);
        var end = TimeProvider.System.GetUtcNow() + (patience ?? DefaultPatience);
        return await db.Database.CreateExecutionStrategy().ExecuteAsync(ReadAsync, cancellationToken);

        async Task<StateAtEvent<T>> ReadAsync(CancellationToken stop)
        {
            while (true)
            {
                await using (var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop))
                {
                    // The first statement takes the snapshot that all others see.
                    var (id, isExact) = await ReadPositionAsync((NpgsqlTransaction)transaction.GetDbTransaction(), topics, log, stop);
                    if (isExact || TimeProvider.System.GetUtcNow() >= end)
                    {
                        var state = await read(stop);
                        await transaction.CommitAsync(stop);
                        return new StateAtEvent<T>(state, id, isExact);
                    }
                }

                await Task.Delay(Pause, TimeProvider.System, stop);
            }
        }
    }

    private static async Task<(EventId Id, bool IsExact)> ReadPositionAsync(
        NpgsqlTransaction transaction, IReadOnlyCollection<string>? topics, string log, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT id, is_exact FROM siar.read_position($1, $2)", transaction.Connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<string[]?> { TypedValue = topics?.ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = log });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (EventId.Parse(row.GetString(0)), row.GetBoolean(1));
    }
}
