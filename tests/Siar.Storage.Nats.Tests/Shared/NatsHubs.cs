using Siar.Hub;
using Siar.Storage.Contract;
using Siar.TestKit;

namespace Siar.Storage.Nats.Tests.Shared;

/// <summary>Opens hubs' logs over one log.</summary>
internal static class NatsHubs
{
    private static int _logs;

    /// <summary>A name that no other log has.</summary>
    public static string NewName() => $"log_{Interlocked.Increment(ref _logs)}";

    public static Task<NatsLog> OpenAsync(string url, string name, Action<NatsLogOptions>? configure = null, RetentionPlan? plan = null)
    {
        var options = new NatsLogOptions { Log = name };
        configure?.Invoke(options);
        return NatsLog.OpenAsync(url, options, plan ?? SharedLogs.Unlimited, TimeProvider.System);
    }

    /// <summary>Opens a log of the shared server through a proxy.</summary>
    public static Task<NatsLog> OpenAsync(TcpProxy proxy, string name, int seconds = 10) =>
        OpenAsync($"nats://127.0.0.1:{proxy.Port}", name, o => o.Timeout = TimeSpan.FromSeconds(seconds));

    /// <summary>Whether bytes from the server hold the answer to a publish.</summary>
    public static bool IsAck(ReadOnlyMemory<byte> answer) => answer.Span.IndexOf("{\"stream\":\"SIAR_"u8) >= 0;
}
