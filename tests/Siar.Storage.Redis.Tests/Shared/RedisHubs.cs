using Siar.Hub;
using Siar.Storage.Contract;
using Siar.TestKit;

namespace Siar.Storage.Redis.Tests.Shared;

/// <summary>Opens hubs' logs over one log.</summary>
internal static class RedisHubs
{
    private static int _logs;

    /// <summary>A name that no other log has.</summary>
    public static string NewName() => $"log_{Interlocked.Increment(ref _logs)}";

    public static Task<RedisLog> OpenAsync(string connection, string name, Action<RedisLogOptions>? configure = null, RetentionPlan? plan = null)
    {
        var options = new RedisLogOptions { Log = name };
        configure?.Invoke(options);
        return RedisLog.OpenAsync(connection, options, plan ?? SharedLogs.Unlimited, TimeProvider.System);
    }

    /// <summary>Opens a log of the shared server through a proxy.</summary>
    public static Task<RedisLog> OpenAsync(TcpProxy proxy, string name, int seconds = 10) =>
        OpenAsync($"127.0.0.1:{proxy.Port}", name, o => o.Timeout = TimeSpan.FromSeconds(seconds));

    /// <summary>Whether bytes from the server hold the answer to a publish.</summary>
    public static bool IsAck(ReadOnlyMemory<byte> answer) => answer.Span.IndexOf("*2\r\n:1\r\n:"u8) >= 0;
}
