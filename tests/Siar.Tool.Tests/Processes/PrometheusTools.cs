using System.Diagnostics;

namespace Siar.Tool.Tests;

/// <summary>Prometheus and its own tool, where they are: in the folder that SIAR_PROMETHEUS names, or on the path.</summary>
internal static class PrometheusTools
{
    /// <summary>The path of one of the two.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static string Find(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("SIAR_PROMETHEUS") is { Length: > 0 } folder ? [folder] : Array.Empty<string>())
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists) ?? throw new FileNotFoundException($"There is no {name} here: './test' installs Debian's prometheus.");
    }

    /// <summary>Runs promtool with a text as its input.</summary>
    public static async Task<(int ExitCode, string Said)> CheckMetricsAsync(string text)
    {
        var start = new ProcessStartInfo(Find("promtool"), ["check", "metrics"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(text);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return (process.ExitCode, string.Concat(await said));
    }
}
