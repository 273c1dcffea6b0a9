using NATS.Client.Core;
using Siar.Hub;

namespace Siar.Storage.Nats;

/// <summary>Connects to NATS servers, and says in sentences what is wrong with them.</summary>
internal sealed class NatsConnector(string servers, NatsLogOptions options, TimeProvider time)
{
    private static readonly Version Oldest = new(2, 9);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>The servers without secrets.</summary>
    public string Description { get; } = $"NATS at {NatsServers.Redact(servers)}, log '{options.Log}'";

    /// <summary>Connects.</summary>
    /// <exception cref="FormatException">The servers cannot be read.</exception>
    /// <exception cref="LogUnavailableException">None can be reached, or is fit for a log.</exception>
    public async Task<NatsConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (NatsServers.Check(servers) is { } error) throw new FormatException(error);
        var connection = new NatsConnection(Settings());
        try
        {
            await RetryAsync(() => connection.ConnectAsync().AsTask().WaitAsync(cancellationToken), cancellationToken);
            var server = connection.ServerInfo!;
            if (!Version.TryParse(server.Version.Split('-')[0], out var version) || version < Oldest)
                throw Unfit($"The server is nats-server {server.Version}: a log needs version {Oldest} or newer.");
            if (!server.JetStreamAvailable) throw Unfit("JetStream is not enabled on the server: add 'jetstream {}' to its configuration.");
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether an exception is one of the engine, or of the way to it.</summary>
    public static bool IsFailure(Exception failure) =>
        failure is NatsException or TimeoutException or IOException or System.Net.Sockets.SocketException or ObjectDisposedException;

    /// <summary>A failure as one of the log's.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="mayBeKept">Whether the engine may have done what it was asked all the same.</param>
    public LogUnavailableException Describe(Exception failure, bool mayBeKept) => failure as LogUnavailableException
        ?? new LogUnavailableException(LogState.Unavailable, $"The engine cannot be reached, or does not answer. ({Description}: {failure.Message})", failure) { MayBeKept = mayBeKept };

    /// <summary>That the engine is not fit for the log as it is.</summary>
    public LogUnavailableException Unfit(string sentence, Exception? inner = null) => new(LogState.Unavailable, $"{sentence} ({Description})", inner);

    /// <summary>Does what may fail where servers are just starting, or choose a leader, until it is done or the time is over.</summary>
    public async Task RetryAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception failure) when (IsFailure(failure))
            {
                if (time.GetElapsedTime(since) > options.Timeout) throw Describe(failure, mayBeKept: false);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private NatsOpts Settings() => new()
    {
        Url = NatsServers.Normalise(servers),
        Name = "siar",
        MaxReconnectRetry = -1,
        ReconnectWaitMin = TimeSpan.FromMilliseconds(100),
        ReconnectJitter = TimeSpan.FromMilliseconds(50),
        ReconnectWaitMax = TimeSpan.FromSeconds(1),
        RequestTimeout = TimeSpan.FromSeconds(2),

        // A server that hangs is given up within some seconds; credentials that were replaced are read again.
        PingInterval = TimeSpan.FromSeconds(3),
        MaxPingOut = 2,
        IgnoreAuthErrorAbort = true,
        AuthOpts = options.CredentialsFile is { } file
            ? NatsAuthOpts.Default with { AuthCredCallback = (_, _) => ValueTask.FromResult(NatsAuthCred.FromCredsFile(file)) }
            : NatsAuthOpts.Default,
        TlsOpts = NatsTlsOpts.Default with { CaFile = options.CaFile, CertFile = options.CertificateFile, KeyFile = options.CertificateKeyFile },
    };
}
