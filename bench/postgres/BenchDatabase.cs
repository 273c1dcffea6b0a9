using System.Diagnostics;
using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres;
using Siar.TestKit;

namespace Siar.Bench.Postgres;

/// <summary>A database of its own for one part, and hubs on it.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private static int _made;
    private readonly List<IAsyncDisposable> _opened = [];

    private BenchDatabase(string connection, int port, string name)
    {
        Connection = connection;
        Port = port;
        Name = name;
        Source = NpgsqlDataSource.Create(connection);
    }

    public string Connection { get; }

    public int Port { get; }

    public string Name { get; }

    public NpgsqlDataSource Source { get; }

    public static async Task<BenchDatabase> MakeAsync(PostgresServer server)
    {
        var name = $"bench_{++_made}";
        await using (var source = NpgsqlDataSource.Create(server.ConnectionTo("postgres")))
        {
            await using var command = source.CreateCommand($"CREATE DATABASE {name}");
            await command.ExecuteNonQueryAsync();
        }

        return new BenchDatabase(server.ConnectionTo(name), server.Port, name);
    }

    /// <summary>A hub on the database's log.</summary>
    public async Task<EventHub> OpenHubAsync(TimeSpan? outboxInterval = null)
    {
        var options = new HubOptions { Retention = new RetentionLimits(null, null, null) };
        var settings = new PostgresLogOptions();
        if (outboxInterval is { } interval) settings.OutboxInterval = interval;
        var log = await PostgresLog.OpenAsync(Connection, settings, RetentionPlan.Of(options), TimeProvider.System);
        var hub = new EventHub(log, options, TimeProvider.System);
        hub.Start();
        _opened.Add(hub);
        _opened.Add(log);
        return hub;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ReadAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 600;
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Milliseconds at the median and at the 99th of a hundred, and the most.</summary>
    public static string Describe(List<double> milliseconds)
    {
        milliseconds.Sort();
        return $"p50 {milliseconds[milliseconds.Count / 2]:F2} ms, p99 {milliseconds[milliseconds.Count * 99 / 100]:F2} ms, most {milliseconds[^1]:F2} ms (n = {milliseconds.Count})";
    }

    public static double Since(long began) => Stopwatch.GetElapsedTime(began).TotalMilliseconds;

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in _opened) await opened.DisposeAsync();
        await Source.DisposeAsync();
    }
}
