using System.CommandLine;

namespace Siar.Tool;

/// <summary>The command line of <c>siar serve</c>: each flag is a setting by another name.</summary>
internal static class ServeCommand
{
    private const string Details = """
        Settings come from a file (--config, or SIAR_CONFIG), the environment (SIAR_KEEP_ALIVE of keepAlive, SIAR_LIMITS_CONNECTIONS of
        limits.connections) and flags; what comes later wins. --print-config shows them all. Without keys the hub listens on loopback
        only, in development mode: anybody on this machine may publish and subscribe. Keys come from files, addresses, or SIAR_KEYS_PUBLISHER
        and SIAR_KEYS_SUBSCRIBER; the names of Mercure's reference hub, such as MERCURE_PUBLISHER_JWT_KEY, work as well.

        SIGHUP has a running hub read its settings again: keys, origins, limits, times, retention, levels of the log and the certificate change,
        and streams go on. What needs a restart is named; settings that are wrong change nothing.

        Exit codes: 0 ended by Ctrl+C or SIGTERM, every stream in order; 1 the address cannot be listened on, or the log's file not be used,
        as when another hub has it open; 2 a wrong command line or setting; 3 the log's file is damaged.
        """;

    private static readonly (Option Flag, string Setting)[] Flags =
    [
        (List("--url", "URL", $"Where to listen; may be given several times. Port 0 lets the system choose. Default: {ServeSettings.DefaultUrl}"), "urls"),
        (Text("--admin-url", "URL", "Where metrics and probes are for those who run the hub: whoever reaches it needs no token, and the other addresses have no /metrics then"), "adminUrl"),
        (Text("--store", "STORE", $"Where events are kept: memory, sqlite:PATH, a file, or what hubs may share: postgres:CONNECTION, a database, nats:URL[,URL...], NATS JetStream, or redis:CONNECTION. Default: {EventStore.Default}; with --dev and --demo, memory"), "store"),
        (Text("--durability", "WHAT", "What an acknowledged event survives in a file: power-loss, or process-death, which is faster. Default: power-loss"), "sqlite.durability"),
        (Switch("--dev", "Development mode: anybody on this machine may publish and subscribe. Loopback addresses only"), "dev"),
        (Switch("--demo", "Publish this machine's own figures once a second, and show them on a page"), "demo"),
        (Optional("--anonymous", "TOPICS", "Readers without a token may have the public events of these topics: a topic, 'news/*' for all that begin so, or by itself all topics. In development mode they may have everything anyway"), "anonymous"),
        (List("--publisher-key-file", "FILE", "Keys of publishers' tokens: a secret, PEM, or a set of keys (JWKS). A secret may also come from SIAR_KEYS_PUBLISHER"), "keys.publisherFiles"),
        (Text("--publisher-jwks", "URL", "Where a set of keys of publishers' tokens is"), "keys.publisherUrl"),
        (List("--publisher-algorithm", "ALG", "What their tokens may be signed with. Default: HS256 for secrets, else all that fit the key"), "keys.publisherAlgorithms"),
        (List("--subscriber-key-file", "FILE", "The same for subscribers; or SIAR_KEYS_SUBSCRIBER"), "keys.subscriberFiles"),
        (Text("--subscriber-jwks", "URL", "The same for subscribers"), "keys.subscriberUrl"),
        (List("--subscriber-algorithm", "ALG", "The same for subscribers"), "keys.subscriberAlgorithms"),
        (List("--issuer", "URL", "Who may issue tokens of Mercure 1.0 with these keys (iss). Default: the origin of --resource"), "issuers"),
        (Text("--resource", "URL", "The hub's own URL, which tokens of Mercure 1.0 are for (aud). Default: the first --url with the Mercure path"), "resource"),
        (List("--publish-origin", "ORIGIN", "Origins whose pages may publish with a token in a cookie"), "publishOrigins"),
        (List("--cors-origin", "ORIGIN", "Origins whose pages may use the hub from a browser; '*' for all, without credentials"), "corsOrigins"),
        (List("--cors-header", "NAME", "Header fields that those pages may send besides the usual ones"), "corsHeaders"),
        (Text("--cert", "FILE", "The certificate for https addresses, PEM or PFX; its password comes from SIAR_CERTIFICATE_PASSWORD. Default: the development certificate"), "certificate.file"),
        (Text("--cert-key", "FILE", "The certificate's private key, PEM, where it is in a file of its own"), "certificate.key"),
        (Text("--transport", "TRANSPORT", "How streams are served: sockets (bare sockets, on Linux only), portable (by the web server), or auto, the better of what there is. Default: auto"), "transport"),
        (Text("--unix-socket-mode", "MODE", "The permissions of a Unix socket (--url http://unix:/PATH), in octal as for chmod: 660 for a proxy of the same group. Default: by the umask"), "unixSocketMode"),
        (Text("--max-streams-per-connection", "N", "Streams at once on one HTTP/2 connection. Default: 100"), "maxStreamsPerConnection"),
        (List("--trusted-proxies", "CIDR", "Networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed"), "trustedProxies"),
        (Text("--otlp", "ENDPOINT", "Send metrics, traces and the log there by OTLP over HTTP, such as http://127.0.0.1:4318"), "otlp"),
        (List("--log-level", "LEVEL", "From which level on something is logged: trace, debug, information, warning, error, critical or none; CATEGORY=LEVEL for what begins with a category. Default: warning"), "log.levels"),
        (Text("--log-format", "FORM", "The form of the log: text, json or journald. Default: text"), "log.format"),
        (Switch("--access-log", "Log one line for each request when it is over, and for each stream when that is"), "log.access"),
        (Switch("--watch", "Read the settings again when their file, a file of keys or the certificate has changed, as SIGHUP has them read"), "watch"),
        (Switch("--quiet", "Say nothing but the page's address and errors"), "quiet"),
    ];

    public static Command Create()
    {
        var config = Text("--config", "FILE", "A JSON file of settings");
        var printConfig = Switch("--print-config", "Show the settings as a JSON file, and end");
        var command = new DetailedCommand("serve", "Runs a hub", Details);
        foreach (var (flag, _) in Flags) command.Options.Add(flag);
        command.Options.Add(config);
        command.Options.Add(printConfig);
        command.SetAction((parsed, _) => ServeRun.RunAsync(
            parsed.GetValue(config) is { } path ? new SettingValue(config.Name, path) : null, Given(parsed), parsed.GetValue(printConfig)));
        return command;
    }

    private static IReadOnlyList<(Setting Setting, SettingValue Value)> Given(ParseResult parsed) =>
    [
        .. from flag in Flags
           let result = parsed.GetResult(flag.Flag)
           where result is { Implicit: false }
           select (SettingCatalogue.Find(flag.Setting)!, new SettingValue(flag.Flag.Name, Texts(result))),
    ];

    /// <summary>The values as they were written; a switch without one is on.</summary>
    private static IReadOnlyList<string> Texts(System.CommandLine.Parsing.OptionResult result) =>
        result.Tokens.Count == 0 ? ["true"] : [.. result.Tokens.Select(t => t.Value)];

    private static Option<string> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    private static Option<string[]> List(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, AllowMultipleArgumentsPerToken = true };

    private static Option<string[]> Optional(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ZeroOrMore, AllowMultipleArgumentsPerToken = true };

    private static Option<bool> Switch(string name, string description) => new(name) { Description = description };
}
