namespace Siar.Tool;

/// <summary>
/// Standard output takes no more. It is no <see cref="IOException"/>, so that no command takes it for a failure of the network or of a file; where the program
/// begins it becomes an exit code.
/// </summary>
internal sealed class StandardOutputException(Exception failure) : Exception(Reason(failure), failure)
{
    // EPIPE, the same on all Unixes.
    private const int BrokenPipe = 32;

    /// <summary>Whether who read it, such as <c>head</c>, has had enough: that is no failure.</summary>
    public bool IsReaderGone => InnerException is IOException { HResult: BrokenPipe };

    /// <summary>The exit code that the command has come to before it could not tell.</summary>
    public int Found { get; set; }

    // A file that is as large as it may be is an argument out of range to the runtime.
    private static string Reason(Exception failure) => failure is ArgumentException ? "the file would be too large" : failure.Message;

    /// <summary>The exit code; says why, where it is a failure.</summary>
    public int Tell()
    {
        if (IsReaderGone) return Found;
        new ConsoleMessages("siar", isQuiet: false).Warn($"standard output cannot be written to: {ErrorText.Continue(Message).TrimEnd('.')}. What stands there is not all.");
        return Found == ExitCode.Ok ? ExitCode.Failure : Found;
    }
}
