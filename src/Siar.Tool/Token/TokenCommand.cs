using System.CommandLine;

namespace Siar.Tool;

/// <summary>The command line of <c>siar token</c>.</summary>
internal static class TokenCommand
{
    private const string Details = """
        The token goes to standard output, and what it allows to standard error, in words.

        The key is a secret, or a private key in PEM; --key can be seen by other users of the machine. Where neither flag is given it is the
        one that a hub on this machine has: SIAR_KEYS_PUBLISHER, or MERCURE_PUBLISHER_JWT_KEY, for a token that may publish, and
        SIAR_KEYS_SUBSCRIBER, or MERCURE_SUBSCRIBER_JWT_KEY, for any other. A token that may do both takes one key that the hub has in
        both roles.

        A token of 1.0 names the hub it is for and who made it. Defaults: SIAR_RESOURCE, or the Mercure path of SIAR_HUB; and its origin.

        Exit codes: 0 made; 2 a wrong command line, or no key.
        """;

    public static Command Create()
    {
        var publish = Several("--publish", "TOPIC", "May publish on this topic; '*' for all. With --dialect 0.x also a URI Template. Repeatable");
        var publishPattern = Several("--publish-pattern", "PATTERN", "May publish on topics that a URL Pattern matches (1.0). Repeatable");
        var subscribe = Several("--subscribe", "TOPIC", "May read private events of this topic; '*' for all. With --dialect 0.x also a URI Template. Repeatable");
        var subscribePattern = Several("--subscribe-pattern", "PATTERN", "May read private events of topics that a URL Pattern matches (1.0). Repeatable");
        var expires = Text("--expires", "TIME", "How long it is good, such as 15m, 1h or 7d; with --dialect 0.x also none. Default: 1h");
        var dialect = Text("--dialect", "1.0|0.x", "The dialect of the Mercure protocol. Default: 1.0");
        var key = Text("--key", "KEY", "The key to sign with");
        var keyFile = Text("--key-file", "FILE", "A file that holds the key");
        var algorithm = Text("--algorithm", "ALG", "HS256 (the default for secrets), RS256, PS256, ES256, their 384 and 512, or EdDSA");
        var keyId = Text("--key-id", "ID", "The key's name in a set of keys (kid)");
        var issuer = Text("--issuer", "URL", "Who makes the token (iss)");
        var resource = Text("--resource", "URL", "The hub that it is for (aud)");
        var subject = Text("--subject", "TEXT", "Whom it is about (sub)");
        var payload = Text("--payload", "JSON", "What those who may see who is subscribed are told of its bearer");
        var quiet = new Option<bool>("--quiet") { Description = "Print the token and nothing else" };
        var command = new DetailedCommand("token", "Makes a token, and says what it allows", Details)
        {
            publish, publishPattern, subscribe, subscribePattern, expires, dialect, key, keyFile, algorithm, keyId, issuer, resource, subject, payload, quiet,
        };
        command.SetAction(parsed => TokenRun.Run(
            new TokenOrder
            {
                Publish = Given(parsed, publish),
                PublishPatterns = Given(parsed, publishPattern),
                Subscribe = Given(parsed, subscribe),
                SubscribePatterns = Given(parsed, subscribePattern),
                Expires = One(parsed, expires),
                Dialect = One(parsed, dialect),
                Key = One(parsed, key),
                KeyFile = One(parsed, keyFile),
                Algorithm = parsed.GetValue(algorithm),
                KeyId = parsed.GetValue(keyId),
                Issuer = parsed.GetValue(issuer),
                Resource = parsed.GetValue(resource),
                Subject = parsed.GetValue(subject),
                Payload = One(parsed, payload),
            },
            parsed.GetValue(quiet),
            Environment.GetEnvironmentVariables()));
        return command;
    }

    private static IReadOnlyList<SettingValue> Given(ParseResult parsed, Option<string[]> option) => [.. (parsed.GetValue(option) ?? []).Select(t => new SettingValue(option.Name, t))];

    private static SettingValue? One(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } text ? new SettingValue(option.Name, text) : null;

    private static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    private static Option<string[]> Several(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
