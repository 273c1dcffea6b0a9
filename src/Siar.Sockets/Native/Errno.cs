namespace Siar.Sockets.Native;

/// <summary>The error numbers that are told apart, as Linux has them on x64 and arm64.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int BadDescriptor = 9;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int TooManyOpen = 24;
    public const int NotImplemented = 38;
    public const int Protocol = 71;
    public const int ConnectionAborted = 103;
}
