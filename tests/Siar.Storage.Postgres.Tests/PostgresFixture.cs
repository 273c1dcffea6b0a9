using Npgsql;
using Siar.Hub;
using Siar.Storage.Contract;
using Siar.TestKit;

namespace Siar.Storage.Postgres.Tests;

/// <summary>Logs of one database, each with a name of its own, and with small limits, so that each edge is met often.</summary>
internal sealed class PostgresFixture : SharedLogFixture
{
    private static int _logs;
    private readonly Dictionary<IEventLog, string> _names = [];

    public override async Task<IEventLog> OpenAsync(RetentionPlan plan) => await OpenAsync($"contract_{Interlocked.Increment(ref _logs)}", plan);

    public override async Task<IEventLog> ReopenAsync(IEventLog log, RetentionPlan plan)
    {
        await log.DisposeAsync();
        return await OpenAsync(_names[log], plan);
    }

    public override async Task<IEventLog> OpenOtherAsync(IEventLog log, RetentionPlan plan) => await OpenAsync(_names[log], plan);

    public override async Task SettleAsync(IEventLog log) => await log.MaintainAsync();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<IEventLog> OpenAsync(string name, RetentionPlan plan)
    {
        var options = new PostgresLogOptions { Log = name, AdoptRetention = true, Clock = Time, MaxScanned = 20, MaxTopicsTried = 3, TrimmedAtOnce = 7, MovedAtOnce = 3 };
        var failures = new List<Exception>();
        var log = await PostgresLog.OpenAsync(await Databases.SharedAsync(), options, plan, Time);
        log.OnBackgroundFailure = failures.Add;
        _names[log] = name;
        return log;
    }
}

/// <summary>The databases of the server that the tests share.</summary>
internal static class Databases
{
    private static readonly Lock Gate = new();
    private static Task<string>? _shared;
    private static int _made;

    /// <summary>The connection to a database that all tests may use, each with logs of its own.</summary>
    public static Task<string> SharedAsync()
    {
        lock (Gate) return _shared ??= MakeAsync();
    }

    /// <summary>Makes a database, empty.</summary>
    /// <returns>The connection to it.</returns>
    public static async Task<string> MakeAsync()
    {
        var server = await PostgresServer.Shared;
        var name = $"test_{Interlocked.Increment(ref _made)}";
        await ExecuteAsync(server.ConnectionTo("postgres"), $"CREATE DATABASE {name}");
        return server.ConnectionTo(name) + ";Maximum Pool Size=20";
    }

    /// <summary>Runs statements.</summary>
    public static async Task ExecuteAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Runs a statement, and gives the first column of its first row.</summary>
    public static async Task<object?> ReadAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
