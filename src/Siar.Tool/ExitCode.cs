namespace Siar.Tool;

/// <summary>What the process answers its caller; documented in docs/reference/command-line.md.</summary>
internal static class ExitCode
{
    /// <summary>What was asked for is done.</summary>
    public const int Ok = 0;

    /// <summary>It could not be done; a sentence on standard error says why.</summary>
    public const int Failure = 1;

    /// <summary>The command line, a setting or a file named in it is wrong; nothing was begun.</summary>
    public const int Usage = 2;

    /// <summary>The log is damaged: trying again will not help, <c>siar log restore</c> may.</summary>
    public const int Damaged = 3;

    /// <summary>Ended by Ctrl+C, as shells count it: 128 and the signal's number.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM.</summary>
    public const int Terminated = 143;
}
