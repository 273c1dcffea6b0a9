using System.Globalization;
using System.Net;

namespace Siar.Tool;

/// <summary>Finds who listens on a port of this machine (Linux, and only processes that this user may look into).</summary>
internal static class ListeningProcess
{
    private const string Listening = "0A";

    /// <summary>The processes that have the port's socket open; none where the address is another machine's.</summary>
    public static IReadOnlyList<int> Of(Uri url)
    {
        var isLocal = url.Host == "localhost" || (IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));
        if (!isLocal || !OperatingSystem.IsLinux()) return [];
        var sockets = new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines).Select(l => Inode(l, url.Port)).OfType<string>().ToHashSet();
        return sockets.Count == 0 ? [] : [.. from folder in Directory.EnumerateDirectories("/proc")
                                            let id = int.TryParse(Path.GetFileName(folder), out var number) ? number : 0
                                            where id > 0 && Has(folder, sockets)
                                            select id];
    }

    /// <summary>The socket of a line of /proc/net/tcp, as a link of a descriptor names it; null for another port or state.</summary>
    internal static string? Inode(string line, int port)
    {
        // sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt   uid  timeout inode
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(":" + port.ToString("X4", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            ? $"socket:[{fields[9]}]"
            : null;
    }

    private static bool Has(string process, HashSet<string> sockets)
    {
        try
        {
            return new DirectoryInfo(Path.Combine(process, "fd")).EnumerateFileSystemInfos().Any(f => f.LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
            return false;
        }
    }
}
