using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Siar.Tool;

/// <summary>The command <c>siar</c> and what it can do.</summary>
internal static class SiarCommand
{
    private const string Description = """
        Server-sent events: a hub that programs publish to and browsers subscribe to.

        Exit codes: 0 done; 1 failed, with a sentence on standard error; 2 a wrong command line or setting; 3 the log is damaged;
        130 ended by Ctrl+C and 143 by SIGTERM, except that 'siar serve' ends with 0 then.
        """;

    /// <summary>Runs what the arguments ask for and answers the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        StandardOutput.Install();
        BundledSqlite.Install();
        try
        {
            return await InvokeAsync(args);
        }
        catch (StandardOutputException failure)
        {
            return failure.Tell();
        }
        catch (Exception failure) when (failure is not StandardOutputException)
        {
            // A mistake of this program: what is known of it helps to mend it.
            await Console.Error.WriteLineAsync($"siar: unhandled exception: {failure}");
            return ExitCode.Failure;
        }
    }

    private static async Task<int> InvokeAsync(string[] args)
    {
        var root = new RootCommand(Description)
        {
            ServeCommand.Create(), PublishCommand.Create(), SubscribeCommand.Create(), TokenCommand.Create(), LogCommand.Create(), DatabaseCommand.Create(), RevokeCommand.Create(),
            LiveCommands.Topics(), LiveCommands.Connections(), BenchCommand.Create(), HealthCommand.Create(),
            CompletionCommand.Create(),
        };
        DetailedCommand.ShowDetailsIn(root);
        // Data may begin with '@': it is not the name of a file with more arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        // A shell asks what could stand at a place of a line: all of the line is one word.
        // What goes wrong is told above.
        var invocation = new InvocationConfiguration { Output = Console.Out, Error = Console.Error, EnableDefaultExceptionHandler = false };
        if (args is [var first, ..] && first.StartsWith("[suggest", StringComparison.Ordinal)) return await parsed.InvokeAsync(invocation);
        var unknown = Unknown(parsed, args);
        if (unknown.Count > 0 || parsed.Action is ParseErrorAction) return await RefuseAsync(parsed, unknown);

        // Signals are each command's own: a hub drains, a reader stops at once.
        invocation.ProcessTerminationTimeout = null;
        return await parsed.InvokeAsync(invocation);
    }

    /// <summary>
    /// The words that mean nothing. One that looks like a flag counts even where an argument would take it, unless it stands behind
    /// <c>--</c>: a flag with a slip of the pen must not be published as data.
    /// </summary>
    private static IReadOnlyList<string> Unknown(ParseResult parsed, string[] args)
    {
        var dashes = Array.IndexOf(args, "--");
        var literal = dashes < 0 ? 0 : args.Length - dashes - 1;
        var taken = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(r => r.Tokens).Select(t => t.Value).SkipLast(literal);
        return [.. parsed.UnmatchedTokens, .. taken.Where(t => t is ['-', _, ..])];
    }

    private static async Task<int> RefuseAsync(ParseResult parsed, IReadOnlyList<string> unknown)
    {
        // A word that is not understood is the mistake; what else is wrong then only follows from it.
        var sentences = unknown.Count > 0 ? Mistakes(unknown).Select(t => $"'{t}' is not understood here.{Hint(parsed.CommandResult, t)}") : parsed.Errors.Select(e => e.Message);
        foreach (var sentence in sentences) await Console.Error.WriteLineAsync($"siar: {sentence}");
        await Console.Error.WriteLineAsync($"'{NameOf(parsed.CommandResult)} --help' tells what there is.");
        return ExitCode.Usage;
    }

    // The words behind a flag that is not known are perhaps its values, and those behind a command that is not known its arguments.
    private static IEnumerable<string> Mistakes(IReadOnlyList<string> unknown) => unknown.Any(IsFlag) ? unknown.Where(IsFlag) : unknown.Take(1);

    private static bool IsFlag(string word) => word is ['-', _, ..];

    private static string Hint(CommandResult at, string word)
    {
        List<string> names = [];
        for (var command = at; command is not null; command = command.Parent as CommandResult)
        {
            if (IsFlag(word)) names.AddRange(command.Command.Options.SelectMany(o => o.Aliases.Prepend(o.Name)));
            else if (command == at) names.AddRange(command.Command.Subcommands.Select(c => c.Name));
        }

        return NearestName.Of(word.Split('=')[0], names) is { } nearest ? $" Did you mean '{nearest}'?" : "";
    }

    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : "siar";
}
