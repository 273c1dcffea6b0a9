using System.Diagnostics;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>
/// All processes of readers, from the side of who started them. The open files of a process are bounded, and a process's completions run on
/// one thread, so a large run has several.
/// </summary>
internal sealed class ReaderFleet : IDisposable
{
    private readonly List<Process> _processes = [];
    // One word at a time: the answer that comes is to the word that was said.
    private readonly SemaphoreSlim _turn = new(1);

    private ReaderFleet()
    {
    }

    public static async Task<ReaderFleet> StartAsync(BenchRequest request)
    {
        var fleet = new ReaderFleet();
        try
        {
            for (var part = 0; part < request.Processes; part++)
            {
                var process = Process.Start(Program())!;
                fleet._processes.Add(process);
                await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new ReaderPlan(request, part), BenchLines.Default.ReaderPlan));
            }

            return fleet;
        }
        catch
        {
            fleet.Dispose();
            throw;
        }
    }

    /// <summary>Tells all processes, and sums up what they answer.</summary>
    /// <exception cref="IOException">A process has ended, or a reader could not connect.</exception>
    public async Task<ReaderState> TellAsync(ReaderWord word, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var all = ReaderState.Sum(await Task.WhenAll(_processes.Select(process => TellAsync(process, word, cancellationToken))));
            return all.Failure is { } failure ? throw new IOException(failure) : all;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(TimeSpan.FromSeconds(5))) process.Kill();
            process.Dispose();
        }

        _turn.Dispose();
    }

    private static async Task<ReaderState> TellAsync(Process process, ReaderWord word, CancellationToken cancellationToken)
    {
        await process.StandardInput.WriteLineAsync(word.ToString());
        await process.StandardInput.FlushAsync(cancellationToken);
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return line is null ? throw new IOException("A process of readers has ended.") : JsonSerializer.Deserialize(line, BenchLines.Default.ReaderState)!;
    }

    /// <summary>This program, with sockets' completions on the thread that waits for them: a reader's cost is then mostly the kernel's.</summary>
    private static ProcessStartInfo Program()
    {
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
                ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1",
            },
        };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet") start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "siar.dll"));
        start.ArgumentList.Add("bench");
        start.ArgumentList.Add(ReaderProcess.Argument);
        return start;
    }
}
