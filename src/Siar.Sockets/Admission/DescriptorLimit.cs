using System.Globalization;
using System.Runtime.CompilerServices;
using Siar.Sockets.Native;

namespace Siar.Sockets;

/// <summary>How many descriptors the process may have open (<c>RLIMIT_NOFILE</c>), and how many of them are not for connections. Immutable.</summary>
/// <param name="Most">How many it may have open.</param>
internal sealed record DescriptorLimit(long Most)
{
    // For threads, which need a pipe to be started, files of the log, and connections to others such as an issuer of keys; and 2 % of all.
    private const int LeastKept = 64;
    private const int PartKept = 50;

    // With room for fewer connections a hub is of no use.
    private const int LeastConnections = 16;

    /// <summary>How many are kept for the process itself.</summary>
    public long Kept => LeastKept + (Most / PartKept);

    /// <summary>The number of the first descriptor that no connection may have.</summary>
    public long FirstKept => Most - Kept;

    /// <summary>Raises the process's limit to what the system allows it, and says what it is; null where the system has no such limit.</summary>
    public static DescriptorLimit? Raise() => OperatingSystem.IsLinux() && ProcessLimits.RaiseOpenFiles() is { } most ? new DescriptorLimit(most) : null;

    /// <summary>
    /// Says in a sentence why the process would not come so far that anything is listened to; null where it would. To be asked before anything else is begun: a process whose
    /// descriptors end while its code is loaded is ended by its runtime without a word.
    /// </summary>
    public string? CheckStart()
    {
        // Code that is compiled as it runs keeps a file open for each of its assemblies, some 200.
        var least = RuntimeFeature.IsDynamicCodeCompiled ? 256 : 128;
        return Most >= least ? null : string.Create(CultureInfo.InvariantCulture,
            $"the process may have {Most} descriptors open, too few for a hub to start with. Raise the limit to {4 * least} or more (ulimit -n, or systemd's LimitNOFILE)");
    }

    /// <summary>How many descriptors the process has open now.</summary>
    public static int CountOpen() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>Says in a sentence why the process cannot serve with so few; null where it can.</summary>
    public string? CheckRoom(int open)
    {
        if (RoomBeside(open) >= LeastConnections) return null;
        var needed = ((open + LeastConnections + LeastKept) * PartKept / (PartKept - 1)) + 1;
        return string.Create(CultureInfo.InvariantCulture,
            $"the process may have {Most} descriptors open, of which {open} are in use and {Kept} are kept in reserve: there is no room for connections. Raise the limit to {needed} or more (ulimit -n, or systemd's LimitNOFILE)");
    }

    /// <summary>How many connections there is room for, beside what is open now.</summary>
    public long RoomBeside(int open) => FirstKept - open;
}
