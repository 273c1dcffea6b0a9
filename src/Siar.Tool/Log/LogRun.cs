using Siar.Hub;
using Siar.Storage.Journal;
using Siar.Storage.Nats;
using Siar.Storage.Redis;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary>Runs a command on a log's file, to its exit code.</summary>
internal static class LogRun
{
    private const string Variable = "SIAR_STORE";

    /// <summary>Runs it.</summary>
    /// <param name="name">The command.</param>
    /// <param name="store">The store that the command line names; null where it names none.</param>
    /// <param name="work">Gets the log's file, and answers the exit code.</param>
    public static int Run(string name, string? store, Func<string, int> work)
    {
        try
        {
            return work(FileOf(store));
        }
        catch (SettingException failure)
        {
            return MessagesOf(name).Fail(failure.Message, ExitCode.Usage);
        }
        catch (SqliteLogException failure)
        {
            return Fail(name, failure);
        }
    }

    /// <summary>Says what is wrong with a log, and gives the exit code.</summary>
    /// <param name="name">The command.</param>
    /// <param name="failure">What is wrong.</param>
    public static int Fail(string name, SqliteLogException failure) => MessagesOf(name).Fail(failure.Message, ExitCodeOf(failure));

    /// <summary>Opens a log in NATS or Redis beside the hubs that run on it. It is not made where there is none.</summary>
    /// <param name="store">The log.</param>
    /// <param name="settings">How it is used.</param>
    /// <param name="adopts">Whether the retention of the settings takes the place of the log's.</param>
    /// <param name="stop">Ends the opening.</param>
    public static async Task<JournalLog> OpenJournalAsync(EventStore store, ServeSettings settings, bool adopts, CancellationToken stop)
    {
        JournalOptions options = store.NatsServers is null ? settings.Redis : settings.Nats;
        var (prepare, adopt, index) = (options.Prepare, options.AdoptRetention, options.IndexPath);
        try
        {
            // A hub that runs has the index that the settings name: a command makes one of its own.
            (options.Prepare, options.AdoptRetention, options.IndexPath) = (false, adopts, null);
            var plan = RetentionPlan.Of(settings.Siar.Hub);
            return store.NatsServers is { } servers
                ? await NatsLog.OpenAsync(servers, settings.Nats, plan, TimeProvider.System, stop)
                : await RedisLog.OpenAsync(store.Redis!, settings.Redis, plan, TimeProvider.System, stop);
        }
        finally
        {
            (options.Prepare, options.AdoptRetention, options.IndexPath) = (prepare, adopt, index);
        }
    }

    /// <summary>What a log that cannot be used makes of the process.</summary>
    public static int ExitCodeOf(SqliteLogException failure) =>
        failure.Failure is SqliteLogFailure.Damaged or SqliteLogFailure.NotALog ? ExitCode.Damaged : ExitCode.Failure;

    private static ConsoleMessages MessagesOf(string name) => new($"siar log {name}", isQuiet: false);

    private static string FileOf(string? flag)
    {
        var value = flag is not null ? new SettingValue("--store", flag)
            : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? new SettingValue(Variable, text)
            : new SettingValue("default", EventStore.Default.ToString());
        var named = EventStore.Parse(value);
        if (named.Connection is not null) throw value.Wrong("'siar log' works on files: a log in PostgreSQL is looked at, saved and put back with the database's own tools");
        if (named.NatsServers is not null) throw value.Wrong("'siar log' works on files: a log in NATS is looked at, saved and put back with the command 'nats stream'");
        if (named.Redis is not null) throw value.Wrong("'siar log' works on files: a log in Redis is saved and put back as that Redis is");
        return named.File ?? throw value.Wrong("a log in memory belongs to its hub alone: name the file of a log, such as " + EventStore.Default);
    }
}
