using System.CommandLine;
using Siar.Client;

namespace Siar.Tool;

/// <summary>The command line of <c>siar subscribe</c>.</summary>
internal static class SubscribeCommand
{
    private const string Details = """
        When the stream breaks it connects again and goes on after the last event that it had. Events that are gone from the hub by
        then are told as a gap, on standard error.

        Exit codes: 0 the end that --count or --timeout asked for, or the hub has no more; 1 refused, or --count not reached in time;
        2 a wrong command line; 130 ended by Ctrl+C, 143 by SIGTERM.
        """;

    public static Command Create()
    {
        var topics = new Argument<string[]>("TOPIC") { Description = "What the events are about; '*' for everything", Arity = ArgumentArity.ZeroOrMore };
        var patterns = Several("--pattern", "PATTERN", "Topics that a URL Pattern matches; may be given several times");
        var templates = Several("--template", "TEMPLATE", "Topics that a URI Template matches; may be given several times");
        var hub = HubOptionsOnCommandLine.Hub();
        var token = HubOptionsOnCommandLine.Token();
        var headers = HubOptionsOnCommandLine.Headers();
        var since = new Option<string?>("--since") { HelpName = "ID|earliest", Description = "Begin after the event with this id, or with the oldest kept" };
        var last = new Option<string?>("--last") { HelpName = "N", Description = "Begin with the newest N events of each topic" };
        var snapshot = new Option<bool>("--snapshot") { Description = "Begin with the newest event of every key" };
        var format = new Option<string?>("--format") { HelpName = "sse|json|data", Description = "How to print: the stream's own lines, JSON a line, or the data alone. Default: data" };
        var count = new Option<string?>("--count") { HelpName = "N", Description = "End with 0 after so many events" };
        var timeout = new Option<string?>("--timeout") { HelpName = "TIME", Description = "End after so long, such as 30s: with 0, or with 1 where --count was not reached" };
        var quiet = new Option<bool>("--quiet") { Description = "Say nothing but gaps and errors" };
        var command = new DetailedCommand("subscribe", "Prints events as they come, over as many connections as it takes", Details) { topics, patterns, templates, hub, token, headers, since, last, snapshot, format, count, timeout, quiet };
        command.Validators.Add(result =>
        {
            if (result.GetValue(topics) is not { Length: > 0 } && result.GetResult(patterns) is null && result.GetResult(templates) is null)
                result.AddError("there is nothing to subscribe to: give a TOPIC, a --pattern or a --template.");
            if (new[] { since, last, (Option)snapshot }.Count(option => result.GetResult(option) is { Implicit: false }) > 1)
                result.AddError("--since, --last and --snapshot each say where to begin: give one of them.");
        });
        command.SetAction((parsed, _) => SubscribeRun.RunAsync(() => new SubscribeArguments
        {
            Hub = HubAddress.Of(parsed.GetValue(hub), parsed.GetValue(token), Environment.GetEnvironmentVariables()),
            What = new SubscribeOptions
            {
                Topics = parsed.GetValue(topics) ?? [],
                Patterns = parsed.GetValue(patterns) ?? [],
                Templates = parsed.GetValue(templates) ?? [],
                LastEventId = parsed.GetValue(since) is { } id ? EventIdOf(new SettingValue(since.Name, id)) : null,
                Last = parsed.GetValue(last) is { } newest ? new SettingValue(last.Name, newest).ToNumber(1, int.MaxValue) : null,
                Snapshot = parsed.GetValue(snapshot),
            },
            Headers = HubOptionsOnCommandLine.HeadersOf(parsed, headers),
            Format = parsed.GetValue(format) is { } word ? EventFormats.Parse(new SettingValue(format.Name, word)) : EventFormat.Data,
            Count = parsed.GetValue(count) is { } number ? Positive(new SettingValue(count.Name, number)) : null,
            Timeout = parsed.GetValue(timeout) is { } text ? new SettingValue(timeout.Name, text).ToDuration() : null,
            IsQuiet = parsed.GetValue(quiet),
        }));
        return command;
    }

    private static string EventIdOf(SettingValue value) =>
        Wire.EventId.TryCreate(value.Text, out _, out var error) ? value.Text : throw value.Wrong(error);

    private static long Positive(SettingValue value) => value.ToCount() is > 0 and var number ? number : throw value.Wrong($"'{value.Text}' is not a number from 1");

    private static Option<string[]> Several(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
