using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Siar.Hub;
using Siar.Sockets.Native;

namespace Siar.Sockets;

/// <summary>Kestrel's way to the network, with connections that can be handed over.</summary>
internal sealed partial class SocketTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly SocketsOptions _options;
    private readonly ILogger<SocketTransport> _logger;
    private readonly SampledLog _sampled;
    private readonly LingeringSockets _lingering;
    private readonly SendRings _rings;
    private readonly CollectAfterConnectBurst? _collector;
    private readonly Lazy<Poller[]> _pollers;
    private uint _nextPoller;

    /// <summary>Makes a transport that listens nowhere yet.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="buffers">Where the server's buffers come from: it relies on a pool that gives a block also where it asks for no bytes.</param>
    /// <param name="gate">Says which connections may stay.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of failures and shortages.</param>
    public SocketTransport(SocketsOptions options, IMemoryPoolFactory<byte> buffers, ConnectionGate gate, TimeProvider time, ILogger<SocketTransport> logger)
    {
        MemoryPool = buffers.Create();
        InputOptions = new PipeOptions(
            MemoryPool, options.ServesOnPollers ? PipeScheduler.Inline : PipeScheduler.ThreadPool, PipeScheduler.Inline, pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19,
            useSynchronizationContext: false);
        _options = options;
        _logger = logger;
        _sampled = new SampledLog(time);
        Gate = gate;
        Time = time;
        _lingering = new LingeringSockets(time);
        _rings = options.UsesIoUring ? SendRings.OfKernel(LogNoRing) : SendRings.None();
        _collector = options.CollectsAfterBursts ? new CollectAfterConnectBurst(time, CollectAfterConnectBurst.Collect) : null;
        _pollers = new Lazy<Poller[]>(() => [.. Enumerable.Range(0, options.Pollers).Select(i => new Poller(i, new EpollInstance(), _lingering, _rings, time, Log))]);
    }

    public TimeProvider Time { get; }

    /// <summary>Says which connections may stay.</summary>
    public ConnectionGate Gate { get; }

    /// <summary>Where the server's buffers come from.</summary>
    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>A connection's input: where what was received is parsed, and that no more than the server's own sockets take is held.</summary>
    public PipeOptions InputOptions { get; }

    /// <summary>How many sockets are open, those of listeners included.</summary>
    public int Count => _pollers.IsValueCreated ? _pollers.Value.Sum(p => p.Count) : 0;

    /// <summary>A descriptor that the process was given (systemd) may be of any kind; the server's own sockets know what to do with it.</summary>
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint && _options.Takes(endpoint);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Gate.CheckRoom();
        Socket? socket = null;
        try
        {
            socket = ListeningSocket.Bind(endpoint, _options.UnixSocketMode);
            socket.Blocking = false;
            // Whoever is accepted inherits it.
            if (endpoint is IPEndPoint) socket.NoDelay = true;
            socket.Listen(_options.Backlog);
            return new ValueTask<IConnectionListener>(new SocketListener(this, socket, NextPoller()));
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(failure.Message, failure);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <summary>The poller of the next connection.</summary>
    public Poller NextPoller() => _pollers.Value[Interlocked.Increment(ref _nextPoller) % (uint)_pollers.Value.Length];

    public void CountTakeover() => _collector?.CountTakeover();

    public void Dispose()
    {
        _collector?.Dispose();
        _lingering.Dispose();
        if (_pollers.IsValueCreated)
        {
            foreach (var poller in _pollers.Value) poller.Dispose();
        }

        _rings.Dispose();
        MemoryPool.Dispose();
    }

    /// <summary>Logs a failure inside. Never throws: a poller's loop goes on, also when the logger is what fails.</summary>
    public void Log(Exception failure) => _sampled.Write(failure.GetType().FullName!, leftOut => LogFailure(failure, leftOut));

    /// <summary>Logs that nothing can be accepted. Never throws: a listener's loop goes on.</summary>
    public void LogShortage(int error, EndPoint endPoint) => _sampled.Write("accept", leftOut => LogShortage(error, endPoint, leftOut));

    [LoggerMessage(1, LogLevel.Error, "The transport met a failure inside; it goes on.{LeftOut}")]
    private partial void LogFailure(Exception failure, string leftOut);

    [LoggerMessage(2, LogLevel.Warning, "No connection to {EndPoint} can be accepted for now (error {Error}); trying again. Are there enough descriptors (ulimit -n)?{LeftOut}")]
    private partial void LogShortage(int error, EndPoint endPoint, string leftOut);

    [LoggerMessage(3, LogLevel.Information, "The kernel gives no io_uring here (error {Error}): each reader is sent to with a call of its own.")]
    public partial void LogNoRing(int error);
}
