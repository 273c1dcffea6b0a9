using Siar.Hub;
using Siar.Storage.Postgres;

namespace Siar.Tool;

/// <summary>Runs <c>siar db</c>, to its exit code.</summary>
internal static class DatabaseRun
{
    private const string Variable = "SIAR_STORE";

    public static Task<int> InitAsync(string? store, CancellationToken stop) => RunAsync("init", store, stop, async connection =>
    {
        var before = await PostgresDatabase.MigrateAsync(connection, stop);
        return before == 0 ? $"the database has the tables of version {PostgresDatabase.Version} now." : $"the database has tables already, of version {before}{(before < PostgresDatabase.Version ? $", now {PostgresDatabase.Version}" : "")}.";
    });

    public static Task<int> MigrateAsync(string? store, CancellationToken stop) => RunAsync("migrate", store, stop, async connection =>
    {
        if (await PostgresDatabase.ReadVersionAsync(connection, stop) == 0) throw new LogUnavailableException(LogState.Unavailable, "The database has no tables for a log: make them with 'siar db init'.");
        var before = await PostgresDatabase.MigrateAsync(connection, stop);
        return before == PostgresDatabase.Version ? $"the tables are of version {before}: there is nothing to do." : $"the tables were of version {before}, and are of version {PostgresDatabase.Version} now.";
    });

    public static int Script(string? from, IReadOnlyList<string> hubRoles, IReadOnlyList<string> publisherRoles)
    {
        try
        {
            var version = from is null ? 0 : new SettingValue("--from", from).ToNumber(0, PostgresDatabase.Version);
            Console.Out.Write(PostgresDatabase.Script(version, hubRoles, publisherRoles));
            return ExitCode.Ok;
        }
        catch (SettingException failure)
        {
            return MessagesOf("script").Fail(failure.Message, ExitCode.Usage);
        }
    }

    private static async Task<int> RunAsync(string name, string? store, CancellationToken stop, Func<string, Task<string>> work)
    {
        var messages = MessagesOf(name);
        try
        {
            messages.Say(await work(ConnectionOf(store)));
            return ExitCode.Ok;
        }
        catch (SettingException failure)
        {
            return messages.Fail(failure.Message, ExitCode.Usage);
        }
        catch (LogUnavailableException failure)
        {
            return messages.Fail(failure.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return messages.Fail("stopped; nothing was changed.");
        }
    }

    private static string ConnectionOf(string? flag)
    {
        var value = flag is not null ? new SettingValue("--store", flag)
            : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? new SettingValue(Variable, text)
            : throw new SettingException($"no database is named: give --store postgres:CONNECTION, or set {Variable}.");
        return EventStore.Parse(value).Connection ?? throw value.Wrong("names no database: write postgres:CONNECTION, such as 'postgres:Host=db;Database=app;Username=owner'");
    }

    private static ConsoleMessages MessagesOf(string name) => new($"siar db {name}", isQuiet: false);
}
