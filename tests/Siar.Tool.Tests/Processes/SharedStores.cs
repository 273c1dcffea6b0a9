using Siar.TestKit;

namespace Siar.Tool.Tests;

/// <summary>The engines of logs that hubs share, as the command line names them.</summary>
internal static class SharedStores
{
    /// <summary>An engine of the tests' own.</summary>
    public static async Task<string> StoreOfAsync(string engine) => engine switch
    {
        "postgres" => $"postgres:Host=127.0.0.1;Port={(await PostgresServer.Shared).Port};Database=postgres;Username=siar",
        "nats" => (await NatsServer.Shared).Url,
        _ => "redis:" + (await RedisServer.Shared).Connection,
    };

    /// <summary>What has a command use a log of a name, whichever engine it is in.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Variables(string log) =>
        from engine in new[] { "POSTGRES", "NATS", "REDIS" } select KeyValuePair.Create($"SIAR_{engine}_LOG", log);
}
