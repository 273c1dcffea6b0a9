using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace Siar.Tool;

/// <summary>What started the hub, if it is a program such as systemd that wants to hear how the hub is.</summary>
/// <param name="Notifier">Sends to it; not enabled where nobody wants to hear.</param>
/// <param name="WatchdogTime">How long it waits for a sign of life before it starts the hub again; null where it does not.</param>
internal sealed record ServiceManager(ISystemdNotifier Notifier, TimeSpan? WatchdogTime)
{
    /// <summary>What the environment of this process says.</summary>
    public static ServiceManager OfEnvironment() => new(new SystemdNotifier(), WatchdogTimeOf(Environment.GetEnvironmentVariables(), Environment.ProcessId));

    /// <summary>The rule (sd_watchdog_enabled(3)): WATCHDOG_USEC microseconds, for the process whose number WATCHDOG_PID is, or for any where it is not set.</summary>
    public static TimeSpan? WatchdogTimeOf(IDictionary variables, int processId)
    {
        if (variables["WATCHDOG_PID"] is string { Length: > 0 } pid && pid != processId.ToString(CultureInfo.InvariantCulture)) return null;
        return ulong.TryParse(variables["WATCHDOG_USEC"] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds is > 0 and < long.MaxValue / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }
}
