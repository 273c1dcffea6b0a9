using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;

namespace Siar.Tool;

/// <summary>
/// Tells the service manager how the hub is (sd_notify(3)). May be called from any thread. All transitions:
/// <code>
/// starting ──Serves──> ready ──BeginReload──> reloading
///                        └────EndReload──────────┘
/// any ──the application stops──> stopping
/// </code>
/// Once the hub serves, it is looked at every second, or twice in the watchdog's time where that is shorter: STATUS follows the hub's readiness, and WATCHDOG is sent
/// while the hub is live, so that a hub that is not is started again.
/// </summary>
internal sealed partial class ServiceNotifier : IDisposable
{
    private const string Serving = "The hub takes events and readers.";

    private readonly ServiceManager _manager;
    private readonly Func<string?> _whyNotLive;
    private readonly Func<string?> _whyNotReady;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenRegistration _stopping;
    private readonly Lock _lock = new();
    private State _state;
    private string _status = "";
    private bool _isFailing;

    /// <summary>Makes it, for a hub that starts.</summary>
    /// <param name="manager">Who is told.</param>
    /// <param name="whyNotLive">Why the process cannot go on, as a sentence; null where it can.</param>
    /// <param name="whyNotReady">Why the hub should be sent no requests; null where it should.</param>
    /// <param name="stopping">Cancelled when the hub begins to stop.</param>
    /// <param name="time">The clock of the watch.</param>
    /// <param name="logger">Where it is said that the manager cannot be told.</param>
    public ServiceNotifier(ServiceManager manager, Func<string?> whyNotLive, Func<string?> whyNotReady, CancellationToken stopping, TimeProvider time, ILogger<ServiceNotifier> logger)
    {
        (_manager, _whyNotLive, _whyNotReady, _time, _logger) = (manager, whyNotLive, whyNotReady, time, logger);
        _stopping = stopping.Register(Stop);
    }

    private enum State
    {
        Starting,
        Ready,
        Reloading,
        Stopping,
    }

    /// <summary>The hub listens on all its addresses.</summary>
    public void Serves()
    {
        if (!_manager.Notifier.IsEnabled) return;
        Move(State.Starting, State.Ready, "READY=1", _whyNotReady() ?? Serving);
        _ = WatchAsync();
    }

    /// <summary>The settings are about to be read again.</summary>
    public void BeginReload() => Move(State.Ready, State.Reloading, $"RELOADING=1\nMONOTONIC_USEC={MonotonicMicroseconds()}", "The hub reads its settings again.");

    /// <summary>They have been read, whatever came of it.</summary>
    public void EndReload() => Move(State.Reloading, State.Ready, "READY=1", _whyNotReady() ?? Serving);

    public void Dispose()
    {
        _stopping.Dispose();
        _ended.Cancel();
        _ended.Dispose();
    }

    private void Stop()
    {
        lock (_lock) Move(_state, State.Stopping, "STOPPING=1", "The hub ends its streams, and its readers reconnect.");
    }

    private void Move(State from, State to, string message, string status)
    {
        lock (_lock)
        {
            if (_state != from) return;
            _state = to;
            _status = status;
            Send($"{message}\nSTATUS={status}");
        }
    }

    private async Task WatchAsync()
    {
        var period = TimeSpan.FromSeconds(1);
        if (_manager.WatchdogTime / 2 < period) period = TimeSpan.FromTicks(Math.Max(_manager.WatchdogTime!.Value.Ticks / 2, TimeSpan.TicksPerMillisecond));
        using var timer = new PeriodicTimer(period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token)) Look();
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private void Look()
    {
        var notLive = Ask(_whyNotLive);
        var status = notLive ?? Ask(_whyNotReady) ?? Serving;
        lock (_lock)
        {
            if (_state is State.Ready && status != _status) Send($"STATUS={_status = status}");
            if (_manager.WatchdogTime is not null && notLive is null) Send("WATCHDOG=1");
        }
    }

    private string? Ask(Func<string?> why)
    {
        try
        {
            return why();
        }
        catch (Exception failure)
        {
            // What cannot be found out is no sign of life.
            LogUnknown(failure);
            return "The hub does not know how it is: why is in its log.";
        }
    }

    private void Send(string message)
    {
        if (!_manager.Notifier.IsEnabled) return;
        try
        {
            _manager.Notifier.Notify(new ServiceState(message));
            _isFailing = false;
        }
        catch (SocketException failure)
        {
            // Once in each stretch of failures: the watch goes on all day.
            if (!_isFailing) LogNotTold(failure);
            _isFailing = true;
        }
    }

    // CLOCK_MONOTONIC, as the manager has it.
    private string MonotonicMicroseconds() => ((Int128)_time.GetTimestamp() * 1_000_000 / _time.TimestampFrequency).ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(1, LogLevel.Warning, "The service manager at NOTIFY_SOCKET cannot be told how the hub is.")]
    private partial void LogNotTold(Exception failure);

    [LoggerMessage(2, LogLevel.Error, "The hub's health could not be found out, so that the service manager is not told that it is live.")]
    private partial void LogUnknown(Exception failure);
}
