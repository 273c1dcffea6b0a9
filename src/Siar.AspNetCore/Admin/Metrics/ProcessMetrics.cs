using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Siar.AspNetCore;

/// <summary>What every process tells Prometheus of itself, under the names that its own clients have given that, and what was built.</summary>
internal sealed class ProcessMetrics : IHostedService, IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Siar.Process";

    private const string Limits = "/proc/self/limits";
    private const string Descriptors = "/proc/self/fd";

    private readonly Meter _meter = new(Name);

    public ProcessMetrics()
    {
        var version = typeof(ProcessMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+');
        KeyValuePair<string, object?>[] build =
        [
            new("version", version[0]), new("revision", version.ElementAtOrDefault(1) ?? ""), new("runtime", RuntimeInformation.FrameworkDescription), new("architecture", RuntimeInformation.RuntimeIdentifier),
        ];
        using var process = Process.GetCurrentProcess();
        var start = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        _meter.CreateObservableGauge("siar.build.info", () => new Measurement<int>(1, build), null, "What was built, and what it runs on; always 1.");
        _meter.CreateObservableGauge("process.start_time", () => start, "s", "When the process was started, since 1970-01-01 UTC.");
        _meter.CreateObservableGauge("process.resident_memory", () => Environment.WorkingSet, "By", "Memory of the process that is in RAM.");
        if (!OperatingSystem.IsBrowser()) _meter.CreateObservableCounter("process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time of the process, its own and the system's for it.");
        if (!OperatingSystem.IsLinux()) return;
        _meter.CreateObservableGauge("process.open_fds", CountDescriptors, "{descriptor}", "Descriptors that the process has open.");
        if (MostDescriptors() is { } most) _meter.CreateObservableGauge("process.max_fds", () => most, "{descriptor}", "Descriptors that the process may have open.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private static int CountDescriptors() => Directory.EnumerateFileSystemEntries(Descriptors).Count();

    // Its soft limit, which the hub raises before it is made.
    private static long? MostDescriptors()
    {
        const string Row = "Max open files";
        try
        {
            var row = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith(Row, StringComparison.Ordinal));
            return long.TryParse(row?[Row.Length..].TrimStart().Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
