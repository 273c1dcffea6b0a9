using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Siar.House.Tests.Docs.Commands;

/// <summary>A command line running in bash, with <c>siar</c> on the path. Disposing it ends all that it started.</summary>
internal sealed partial class Shell : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Shell(Process process) => _process = process;

    public bool HasEnded => _process.HasExited;

    /// <summary>The first address that it prints.</summary>
    public Task<Uri> Address => _address.Task;

    /// <summary>What it has printed so far, errors included.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Starts a command line.</summary>
    /// <param name="text">What a person would type.</param>
    /// <param name="environment">What to set beside the environment of the tests.</param>
    public static Shell Start(string text, params IReadOnlyList<(string Name, string Value)> environment) => StartIn(Repository.Root, text, environment);

    /// <summary>Starts a command line in a folder of its own.</summary>
    public static Shell StartIn(string folder, string text, params IReadOnlyList<(string Name, string Value)> environment)
    {
        // What curl is answered with decides, as it would for the reader who looks at it.
        var program = Repository.AssemblyOf("Siar.Tool");
        var script = $"set -eo pipefail\nsiar() {{ dotnet '{program}' \"$@\"; }}\ncurl() {{ command curl --fail-with-body --silent --show-error \"$@\"; }}\n{text}\n";
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        process.StandardInput.Close();
        var shell = new Shell(process);
        process.OutputDataReceived += (_, line) => shell.Read(line.Data);
        process.ErrorDataReceived += (_, line) => shell.Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return shell;
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Ended(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        if (ListensAt().Match(line) is { Success: true } address) _address.TrySetResult(new Uri(address.Value));
    }

    [GeneratedRegex(@"https?://(127\.0\.0\.1|localhost|\[::1\]):\d+", RegexOptions.ExplicitCapture)]
    private static partial Regex ListensAt();
}
