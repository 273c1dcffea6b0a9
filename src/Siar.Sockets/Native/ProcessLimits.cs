namespace Siar.Sockets.Native;

/// <summary>The limits that the system has set to this process.</summary>
internal static unsafe class ProcessLimits
{
    // RLIMIT_NOFILE, on x64 and arm64.
    private const int OpenFiles = 7;

    /// <summary>Raises the soft limit of open files to the hard one.</summary>
    /// <returns>How many files the process may have open; null where the system does not say.</returns>
    public static long? RaiseOpenFiles()
    {
        // struct rlimit: the soft limit, then the hard one.
        var limit = stackalloc ulong[2];
        if (Libc.GetLimit(OpenFiles, limit) != 0) return null;
        var soft = limit[0];
        if (soft < limit[1])
        {
            limit[0] = limit[1];
            if (Libc.SetLimit(OpenFiles, limit) == 0) soft = limit[1];
        }

        return (long)Math.Min(soft, int.MaxValue);
    }
}
