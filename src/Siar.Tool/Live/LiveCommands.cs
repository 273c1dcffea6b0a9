using System.CommandLine;

namespace Siar.Tool;

/// <summary>The command lines of <c>siar topics</c> and <c>siar connections</c>.</summary>
internal static class LiveCommands
{
    private const string Details = """
        It asks a hub that runs, where its dashboard is. With keys this takes a token that may subscribe to /.well-known/mercure/dashboard:

          siar token --subscribe /.well-known/mercure/dashboard

        Exit codes: 0 shown; 1 refused or not reached; 2 a wrong command line.
        """;

    public static Command Topics() => Create("topics", "Shows the hub's most active topics, a hundred at most", LiveTable.Topics);

    public static Command Connections() => Create("connections", "Shows the hub's open streams, those that are furthest behind first, five hundred at most", LiveTable.Connections);

    private static DetailedCommand Create(string name, string description, LiveTable table)
    {
        var hub = HubOptionsOnCommandLine.Hub();
        var token = HubOptionsOnCommandLine.Token();
        var headers = HubOptionsOnCommandLine.Headers();
        var timeout = new Option<string?>("--timeout") { HelpName = "TIME", Description = "How long to wait for the answer. Default: 10s" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object, for scripts" };
        var command = new DetailedCommand(name, description, Details) { hub, token, headers, timeout, json };
        command.SetAction((parsed, cancellationToken) => LiveRun.RunAsync(
            name,
            () => new LiveArguments(
                HubAddress.Of(parsed.GetValue(hub), parsed.GetValue(token), Environment.GetEnvironmentVariables()),
                HubOptionsOnCommandLine.HeadersOf(parsed, headers),
                parsed.GetValue(timeout) is { } text ? new SettingValue(timeout.Name, text).ToDuration() : TimeSpan.FromSeconds(10)),
            sample => parsed.GetValue(json) ? JsonText.Of(sample) : table.Of(sample, TimeProvider.System.GetUtcNow()),
            cancellationToken));
        return command;
    }
}
