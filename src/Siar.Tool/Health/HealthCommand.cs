using System.CommandLine;

namespace Siar.Tool;

/// <summary>The command line of <c>siar health</c>.</summary>
internal static class HealthCommand
{
    private const string Details = """
        Without URL it asks the hub of this machine, at the address in the settings that 'siar serve' reads: adminUrl, or else the first of urls, from --config
        or SIAR_CONFIG and from the SIAR_... variables. The certificate of that hub is not checked, since it is for another name.

        Exit codes: 0 ready; 1 not ready, or no hub, with the reason on standard error; 2 a wrong command line or setting.
        """;

    public static Command Create()
    {
        var url = new Argument<string?>("URL") { Description = "The hub's root, or its admin address; http://unix:/PATH for a Unix socket", Arity = ArgumentArity.ZeroOrOne };
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "The JSON file of settings that the hub has" };
        var timeout = new Option<string?>("--timeout") { HelpName = "TIME", Description = "How long to wait for the answer. Default: 5s" };
        var insecure = new Option<bool>("--insecure") { Description = "Accept any certificate" };
        var quiet = new Option<bool>("--quiet") { Description = "Say nothing when the hub is ready" };
        var command = new DetailedCommand("health", "Asks a hub whether it is ready", Details) { url, config, timeout, insecure, quiet };
        command.SetAction((parsed, cancellationToken) => HealthRun.RunAsync(
            () => parsed.GetValue(url) is { } named
                ? ProbeAddress.Parse(new SettingValue(url.Name, named), parsed.GetValue(insecure))
                : ProbeAddress.OfHubHere(parsed.GetValue(config) is { } path ? new SettingValue(config.Name, path) : null, Environment.GetEnvironmentVariables()),
            () => parsed.GetValue(timeout) is { } text ? new SettingValue(timeout.Name, text).ToDuration() : TimeSpan.FromSeconds(5),
            parsed.GetValue(quiet),
            cancellationToken));
        return command;
    }
}
