using System.CommandLine;

namespace Siar.Tool;

/// <summary>The command line of <c>siar publish</c>.</summary>
internal static class PublishCommand
{
    private const string Details = """
        Without DATA each line of standard input is an event, published as it comes:

          vmstat 1 | siar publish vmstat

        With DATA the event's id goes to standard output; all else goes to standard error.

        Exit codes: 0 all is published; 1 refused or not reached; 2 a wrong command line; 130 ended by Ctrl+C, 143 by SIGTERM.
        """;

    public static Command Create()
    {
        var topic = new Argument<string>("TOPIC") { Description = "What the event is about" };
        var data = new Argument<string?>("DATA") { Description = "The text; '--' before it if it begins with a dash", Arity = ArgumentArity.ZeroOrOne };
        var hub = HubOptionsOnCommandLine.Hub();
        var token = HubOptionsOnCommandLine.Token();
        var headers = HubOptionsOnCommandLine.Headers();
        var timeout = new Option<string?>("--timeout") { HelpName = "TIME", Description = "Give up after so long, such as 30s, where the hub asks to wait or is gone. Default: never" };
        var key = new Option<string?>("--key") { HelpName = "KEY", Description = "What the event is the newest state of, within its topic" };
        var type = new Option<string?>("--type") { HelpName = "TYPE", Description = "The event's type, 'message' to a browser where there is none" };
        var id = new Option<string?>("--id") { HelpName = "ID", Description = "The event's id; the hub makes one where there is none. Only with DATA" };
        var isPrivate = new Option<bool>("--private") { Description = "Only for subscribers whose token allows it" };
        var quiet = new Option<bool>("--quiet") { Description = "Say nothing but errors" };
        var command = new DetailedCommand("publish", "Publishes an event, or the lines of standard input", Details) { topic, data, hub, token, headers, timeout, key, type, id, isPrivate, quiet };
        command.Validators.Add(result =>
        {
            if (result.GetValue(id) is not null && result.GetValue(data) is null)
                result.AddError("--id names one event, and each line of standard input is one: give DATA, or leave --id out.");
        });
        command.SetAction((parsed, _) => PublishRun.RunAsync(() => new PublishArguments
        {
            Topic = parsed.GetRequiredValue(topic),
            Data = parsed.GetValue(data),
            Hub = HubAddress.Of(parsed.GetValue(hub), parsed.GetValue(token), Environment.GetEnvironmentVariables()),
            Headers = HubOptionsOnCommandLine.HeadersOf(parsed, headers),
            Timeout = parsed.GetValue(timeout) is { } text ? new SettingValue(timeout.Name, text).ToDuration() : null,
            Type = parsed.GetValue(type),
            Id = parsed.GetValue(id),
            Key = parsed.GetValue(key),
            IsPrivate = parsed.GetValue(isPrivate),
            IsQuiet = parsed.GetValue(quiet),
        }));
        return command;
    }
}
