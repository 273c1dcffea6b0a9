using Siar.TestKit;

namespace Siar.Tool.Tests;

/// <summary>The engines of logs that hubs share, as the command line names them.</summary>
internal static class SharedStores
{
    /// <summary>An engine of the tests' own.</summary>
    public static async Task<string> StoreOfAsync(string engine) => StoreOf(engine, await PortOfAsync(engine));

    /// <summary>The same at another port: that of a proxy before it.</summary>
    public static string StoreOf(string engine, int port) => engine switch
    {
        "postgres" => $"postgres:Host=127.0.0.1;Port={port};Database=postgres;Username=siar",
        "nats" => $"nats://127.0.0.1:{port}",
        _ => $"redis:127.0.0.1:{port}",
    };

    /// <summary>The port of an engine of the tests' own.</summary>
    public static async Task<int> PortOfAsync(string engine) => engine switch
    {
        "postgres" => (await PostgresServer.Shared).Port,
        "nats" => (await NatsServer.Shared).Port,
        _ => (await RedisServer.Shared).Port,
    };

    /// <summary>What has a command use a log of a name, whichever engine it is in.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Variables(string log) => Variables("LOG", log);

    /// <summary>A setting that every engine has, whichever it is.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Variables(string setting, string value) =>
        from engine in new[] { "POSTGRES", "NATS", "REDIS" } select KeyValuePair.Create($"SIAR_{engine}_{setting}", value);
}
