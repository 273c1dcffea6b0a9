using System.CommandLine;

namespace Siar.Tool;

/// <summary>The command line of <c>siar db</c>.</summary>
internal static class DatabaseCommand
{
    private const string ExitCodes = "Exit codes: 0 done; 1 the database cannot be reached or used; 2 a wrong command line.";

    public static Command Create() => new("db", "Prepares a PostgreSQL database for a log that hubs share") { Init(), Migrate(), Script() };

    private static DetailedCommand Init()
    {
        var store = Store();
        var command = new DetailedCommand("init", "Makes the tables and functions in a database that has none", $"The role must be allowed to make a schema there. {ExitCodes}") { store };
        command.SetAction((parsed, stop) => DatabaseRun.InitAsync(parsed.GetValue(store), stop));
        return command;
    }

    private static DetailedCommand Migrate()
    {
        var store = Store();
        var command = new DetailedCommand("migrate", "Brings the tables and functions up to this build's version", $"In one transaction; what is up to date is left as it is. {ExitCodes}") { store };
        command.SetAction((parsed, stop) => DatabaseRun.MigrateAsync(parsed.GetValue(store), stop));
        return command;
    }

    private static DetailedCommand Script()
    {
        var from = new Option<string?>("--from") { HelpName = "N", Description = "The version that the database has. Default: 0, it has no tables" };
        var hubs = Roles("--hub-role", "Gives a hub's role the rights that it needs; may be given several times");
        var publishers = Roles("--publisher-role", "Lets an application's role call siar.publish; may be given several times");
        var command = new DetailedCommand("script", "Prints the statements that init and migrate would run", $"No database is needed. {ExitCodes}") { from, hubs, publishers };
        command.SetAction(parsed => DatabaseRun.Script(parsed.GetValue(from), parsed.GetValue(hubs) ?? [], parsed.GetValue(publishers) ?? []));
        return command;
    }

    private static Option<string?> Store() => new("--store")
    {
        HelpName = "STORE",
        Description = "The database, as 'siar serve' names it: postgres:CONNECTION. Default: SIAR_STORE",
    };

    private static Option<string[]> Roles(string name, string description) => new(name) { HelpName = "ROLE", Description = description };
}
