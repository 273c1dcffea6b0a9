using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Siar.Tool;

/// <summary>A command whose own help says more than its line in the list of commands.</summary>
internal sealed class DetailedCommand(string name, string description, string details) : Command(name, description)
{
    /// <summary>Lets help say the details too.</summary>
    public static void ShowDetailsIn(RootCommand root)
    {
        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new WithDetails((HelpAction)help.Action!);
    }

    private sealed class WithDetails(HelpAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var result = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is DetailedCommand command) parseResult.InvocationConfiguration.Output.WriteLine(command.Details);
            return result;
        }
    }

    private string Details => details;
}
