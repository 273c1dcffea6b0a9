using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Siar.Tool.Tests;

/// <summary>The program (<see cref="SiarProgram"/>), running. Whatever a test waits for has a minute; then the test fails with what was said.</summary>
internal sealed class SiarProcess : IAsyncDisposable
{
    public const int SigHup = 1;
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _errors = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _said = new();
    private readonly Task _pumps;

    private SiarProcess(Process process)
    {
        _process = process;
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput, _output.Writer, "out"), PumpAsync(process.StandardError, _errors.Writer, "err"));
    }

    /// <summary>All that it has said so far, to standard output and standard error.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    public StreamWriter Input => _process.StandardInput;

    public static SiarProcess Start(params string[] arguments) => Start(null, arguments);

    public static SiarProcess Start(IEnumerable<KeyValuePair<string, string>>? variables, params string[] arguments) =>
        StartProgram(variables, SiarProgram.Command[0], [.. SiarProgram.Command.Skip(1), .. arguments]);

    /// <summary>Starts it as a process that may have so few descriptors open, and may not raise that.</summary>
    public static SiarProcess StartWithDescriptors(int most, params string[] arguments) => StartWithDescriptors(most, null, arguments);

    public static SiarProcess StartWithDescriptors(int most, IEnumerable<KeyValuePair<string, string>>? variables, params string[] arguments) =>
        StartProgram(variables, "sh", ["-c", $"ulimit -n {most} && exec \"$@\"", "sh", .. SiarProgram.Command, .. arguments]);

    /// <summary>Starts it as a file of its own, or by another program.</summary>
    public static SiarProcess StartProgram(IEnumerable<KeyValuePair<string, string>>? variables, string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("SIAR_", StringComparison.Ordinal) || k.StartsWith("MERCURE_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in variables ?? []) start.Environment[name] = value;
        return new SiarProcess(Process.Start(start)!);
    }

    /// <summary>Runs a command to its end, without input.</summary>
    public static async Task<Finished> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        process.Input.Close();
        return await process.FinishAsync();
    }

    /// <summary>The next line of standard output.</summary>
    public Task<string> ReadAsync() => ReadAsync(_output.Reader, _ => true);

    /// <summary>The next line of standard error that holds a text.</summary>
    public Task<string> ReadErrorAsync(string text) => ReadAsync(_errors.Reader, l => l.Contains(text, StringComparison.Ordinal));

    /// <summary>Sends a signal, as the shell's own <c>kill</c> does.</summary>
    public async Task SignalAsync(int signal)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {_process.Id}"]);
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Waits for the end, and gathers what was not read.</summary>
    public async Task<Finished> FinishAsync()
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
            await _pumps.WaitAsync(Patience);
        }
        catch (TimeoutException failure)
        {
            throw new TimeoutException($"The program has not ended. It said:\n{Said}", failure);
        }

        return new Finished(_process.ExitCode, Rest(_output.Reader), Rest(_errors.Reader));
    }

    /// <summary>Stops reading standard output, as <c>head</c> does.</summary>
    public void CloseOutput() => _process.StandardOutput.BaseStream.Dispose();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private async Task<string> ReadAsync(ChannelReader<string> lines, Func<string, bool> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                var line = await lines.ReadAsync(patience.Token);
                if (wanted(line)) return line;
            }
        }
        catch (Exception failure) when (failure is ChannelClosedException or OperationCanceledException)
        {
            throw new TimeoutException($"The line has not come. The program said:\n{Said}", failure);
        }
    }

    private async Task PumpAsync(StreamReader from, ChannelWriter<string> to, string name)
    {
        try
        {
            while (await from.ReadLineAsync() is { } line)
            {
                lock (_said) _said.Append(name).Append("  ").AppendLine(line);
                to.TryWrite(line);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // A test has closed the output.
        }

        to.TryComplete();
    }

    private static string Rest(ChannelReader<string> lines)
    {
        var text = new StringBuilder();
        while (lines.TryRead(out var line)) text.Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>How a run ended, and what it said that was not read before.</summary>
    internal sealed record Finished(int ExitCode, string Output, string Errors);
}
