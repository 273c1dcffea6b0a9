using System.CommandLine;

namespace Siar.Tool;

/// <summary>The command line of <c>siar log</c>.</summary>
internal static class LogCommand
{
    private const string ExitCodes = "Exit codes: 0 done, and all is well; 1 the file cannot be used; 2 a wrong command line; 3 the log is damaged.";

    public static Command Create() => new("log", "Looks at a hub's log, backs it up, and puts it back") { Inspect(), Export(), Verify(), BackUp(), Restore(), Copy(), Plan() };

    private static DetailedCommand Inspect()
    {
        var store = Store();
        var topics = new Option<string?>("--topics") { HelpName = "N", Description = "How many topics to name, those with the most events first. Default: 20" };
        var json = Json();
        var command = new DetailedCommand("inspect", "Shows topics, counts, bytes, the oldest and the newest event", $"A hub may have the log open. {ExitCodes}") { store, topics, json };
        command.SetAction(parsed => LogRun.Run("inspect", parsed.GetValue(store), file =>
        {
            var most = parsed.GetValue(topics) is { } text ? new SettingValue(topics.Name, text).ToNumber(0, 1_000_000) : 20;
            return LogInspection.Run(file, most, parsed.GetValue(json), Console.Out);
        }));
        return command;
    }

    private static DetailedCommand Export()
    {
        var store = Store();
        var command = new DetailedCommand(
            "export",
            "Prints every event, oldest first, as a line of JSON",
            $"The form is that of the HTTP API, with 'private', 'retry' and 'key' where the event has them. A hub may have the log open: it is the log of one moment. {ExitCodes}")
        {
            store,
        };
        command.SetAction(parsed => LogRun.Run("export", parsed.GetValue(store), LogExport.Run));
        return command;
    }

    private static DetailedCommand Verify()
    {
        var store = Store();
        var json = Json();
        var command = new DetailedCommand(
            "verify",
            "Looks at every page and every event, and says what is wrong",
            $"A hub may have the log open; then its files are looked at only as far as the hub's own readers see them. {ExitCodes}")
        {
            store, json,
        };
        command.SetAction(parsed => LogRun.Run("verify", parsed.GetValue(store), file => LogVerification.Run(file, parsed.GetValue(json), Console.Out)));
        return command;
    }

    private static DetailedCommand BackUp()
    {
        var target = new Argument<string>("FILE") { Description = "The backup; it must not be there yet" };
        var store = Store();
        var command = new DetailedCommand("backup", "Copies the log into a file of its own, as it is at one moment", $"A hub may have the log open, and goes on. {ExitCodes}") { target, store };
        command.SetAction(parsed => LogRun.Run("backup", parsed.GetValue(store), file => LogBackup.Run(file, parsed.GetRequiredValue(target), Console.Error)));
        return command;
    }

    private static DetailedCommand Restore()
    {
        var source = new Argument<string?>("BACKUP") { Description = "The file to put back. Default: the log's own file, as far as it can be read", Arity = ArgumentArity.ZeroOrOne };
        var store = Store();
        var json = Json();
        var command = new DetailedCommand(
            "restore",
            "Puts a backup in the log's place, or what can be read of a damaged log",
            $"""
            The log begins a new epoch, so that readers who have seen more than it has are told a gap. The file that stood there is kept beside
            it. No hub may have the log open. {ExitCodes} With 3, what could be read stands there, and it was not everything.
            """)
        {
            source, store, json,
        };
        command.SetAction(parsed => LogRun.Run("restore", parsed.GetValue(store), file =>
            LogRestore.Run(parsed.GetValue(source) ?? file, file, parsed.GetValue(json), Console.Out)));
        return command;
    }

    private static DetailedCommand Copy()
    {
        var from = new Argument<string>("FROM") { Description = "The log, as 'siar serve' names a store" };
        var to = new Argument<string>("TO") { Description = "Where it is to be; no log may be there yet" };
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "A JSON file of settings, as for 'siar serve'. Default: SIAR_CONFIG" };
        var command = new DetailedCommand(
            "copy",
            "Copies a log from one engine into another, so that readers go on with the ids that they have",
            $"No hub may be running on either. Logs' names, credentials, and how much a log is to keep that comes from a file, are taken from settings, as 'siar serve' does. {ExitCodes}")
        {
            from, to, config,
        };
        command.SetAction((parsed, stop) => LogTransfer.RunAsync(
            new SettingValue(from.Name, parsed.GetRequiredValue(from)),
            new SettingValue(to.Name, parsed.GetRequiredValue(to)),
            parsed.GetValue(config) is { } path ? new SettingValue(config.Name, path) : null,
            stop));
        return command;
    }

    private static DetailedCommand Plan()
    {
        var store = Store();
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "A JSON file of settings, as for 'siar serve'. Default: SIAR_CONFIG" };
        var adopt = new Option<bool>("--adopt") { Description = "Put the limits of these settings in the place of those that stand in the log, for all its hubs" };
        var command = new DetailedCommand(
            "plan",
            "Shows by which limits a log is trimmed, as settings, and where these settings differ",
            $"Settings come from a file and the environment, as for 'siar serve'. Hubs that share a log obey what stands there. Hubs may be running. {ExitCodes}")
        {
            store, config, adopt,
        };
        command.SetAction((parsed, stop) => LogPlan.RunAsync(
            parsed.GetValue(config) is { } path ? new SettingValue(config.Name, path) : null,
            parsed.GetValue(store) is { } named ? [(SettingCatalogue.Find("store")!, new SettingValue(store.Name, named))] : [],
            parsed.GetValue(adopt),
            stop));
        return command;
    }

    private static Option<string?> Store() => new("--store")
    {
        HelpName = "STORE",
        Description = $"The log, as 'siar serve' names it. Default: SIAR_STORE, or {EventStore.Default}",
    };

    private static Option<bool> Json() => new("--json") { Description = "Print one JSON object, for scripts" };
}
