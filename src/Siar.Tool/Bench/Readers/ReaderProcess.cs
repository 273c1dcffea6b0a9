using System.Text.Json;

namespace Siar.Tool;

/// <summary>
/// What runs in a process of readers: it is handed its plan on the first line of standard input, then a word a line, and answers each with its
/// state. It ends with its input, so it does not outlive who started it.
/// </summary>
internal static class ReaderProcess
{
    /// <summary>The only argument of such a process.</summary>
    public const string Argument = "--readers-of-bench";

    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        var plan = JsonSerializer.Deserialize((await input.ReadLineAsync())!, BenchLines.Default.ReaderPlan)!;
        using var readers = new ReaderGroup(plan);
        while (await input.ReadLineAsync() is { } word)
        {
            var state = readers.Do(Enum.Parse<ReaderWord>(word));
            await output.WriteLineAsync(JsonSerializer.Serialize(state, BenchLines.Default.ReaderState));
            await output.FlushAsync();
        }

        return ExitCode.Ok;
    }
}

/// <summary>What a process of readers can be told.</summary>
internal enum ReaderWord
{
    /// <summary>To begin to connect.</summary>
    Connect,

    /// <summary>To tell how it goes.</summary>
    Count,

    /// <summary>To tell all, latencies too.</summary>
    Report,

    /// <summary>To count anew.</summary>
    Restart,

    /// <summary>That slow readers stop reading.</summary>
    Pause,

    /// <summary>That they read on.</summary>
    Resume,

    /// <summary>To close all connections.</summary>
    Close,
}
