using System.Diagnostics;

namespace Siar.House.Tests.Deploy;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <summary>Runs it.</summary>
    /// <returns>Its exit code, and all that it said.</returns>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
