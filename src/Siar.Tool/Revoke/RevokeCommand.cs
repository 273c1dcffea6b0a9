using System.CommandLine;

namespace Siar.Tool;

/// <summary>The command line of <c>siar revoke</c>.</summary>
internal static class RevokeCommand
{
    private const string Details = """
        Says which callers are meant by one of --user (perhaps with --issuer), --token-id, --claim, --address or --jwt, and for how long by --for or
        --until; of a token that is given whole, until its own end. Their streams end at once, at every hub of the log, and they can neither read nor
        publish until then. With --disconnect their streams end, and they may come back.

        It takes a token that may publish to the hub's own topic 'revocations':

          SIAR_TOKEN=$(siar token --publish /.well-known/mercure/revocations --quiet) siar revoke --user alice --for 1h

        Exit codes: 0 done; 1 refused or not reached, or nothing to lift; 2 a wrong command line.
        """;

    public static Command Create()
    {
        var user = Text("--user", "NAME", "Callers of this name: the sub of a token, or the application's own");
        var issuer = Text("--issuer", "URL", "With --user: only as this issuer (iss) names them");
        var tokenId = Text("--token-id", "JTI", "The bearers of the token with this id (jti)");
        var claim = Text("--claim", "TYPE=VALUE", "Callers whose token or sign-in has this claim");
        var address = Text("--address", "IP", "Callers at this address, or in its IPv6 network of 64 bits");
        var jwt = Text("--jwt", "JWT", "The bearers of this token, by its jti, until its exp unless --for or --until says otherwise");
        var time = Text("--for", "TIME", "How long, such as 15m, 12h or 30d");
        var until = Text("--until", "TIME", "Until when, such as 2030-01-31T12:00:00Z");
        var disconnect = new Option<bool>("--disconnect") { Description = "End their streams and refuse nobody" };
        var lift = new Option<bool>("--lift") { Description = "Lift the revocation that was made with the same words" };
        var list = new Option<bool>("--list") { Description = "List what is in force, as lines of JSON" };
        var hub = HubOptionsOnCommandLine.Hub();
        var token = HubOptionsOnCommandLine.Token();
        var headers = HubOptionsOnCommandLine.Headers();
        var quiet = new Option<bool>("--quiet") { Description = "Say nothing but errors" };
        var command = new DetailedCommand("revoke", "Ends the streams of callers, and has them refused for a while", Details)
        {
            user, issuer, tokenId, claim, address, jwt, time, until, disconnect, lift, list, hub, token, headers, quiet,
        };
        command.SetAction((parsed, cancellationToken) => RevokeRun.RunAsync(
            () => new RevokeOrder
            {
                Hub = HubAddress.Of(parsed.GetValue(hub), parsed.GetValue(token), Environment.GetEnvironmentVariables()),
                Headers = HubOptionsOnCommandLine.HeadersOf(parsed, headers),
                User = One(parsed, user),
                Issuer = One(parsed, issuer),
                TokenId = One(parsed, tokenId),
                Claim = One(parsed, claim),
                Address = One(parsed, address),
                Jwt = One(parsed, jwt),
                For = One(parsed, time),
                Until = One(parsed, until),
                Disconnects = parsed.GetValue(disconnect),
                Lifts = parsed.GetValue(lift),
                Lists = parsed.GetValue(list),
            },
            parsed.GetValue(quiet),
            cancellationToken));
        return command;
    }

    private static SettingValue? One(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } text ? new SettingValue(option.Name, text) : null;

    private static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
