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
