using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Siar.Sockets.Native;

namespace Siar.Sockets;

/// <summary>
/// Binds what both transports listen to. The file of a Unix socket outlives a process that was killed: where nobody answers on it, it is replaced. What is no socket is
/// never deleted. Of several that find the same dead one, one replaces it: they look, bind and begin to listen one after the other, since a socket that is bound and does not
/// listen yet looks dead.
/// </summary>
internal static class ListeningSocket
{
    private const int Backlog = 512;
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    /// <summary>Binds an address. A Unix socket listens already; to say it again is allowed.</summary>
    /// <param name="endpoint">The address.</param>
    /// <param name="mode">The permissions of a Unix socket; null leaves them to the process's umask.</param>
    /// <exception cref="AddressInUseException">Somebody answers there.</exception>
    /// <exception cref="IOException">The path of a Unix socket is something else's, or cannot be written.</exception>
    public static Socket Bind(EndPoint endpoint, UnixFileMode? mode)
    {
        // A name that begins with a zero, written as '@', is no file (unix(7), abstract).
        if (endpoint is not UnixDomainSocketEndPoint || endpoint.ToString() is not { Length: > 0 } path || path[0] is '@' or '\0')
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        Socket? socket = null;
        try
        {
            using var folder = OperatingSystem.IsLinux() ? LockFolderOf(path) : null;
            if (OperatingSystem.IsLinux()) RemoveIfDead(endpoint, path);
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            // Nobody can connect before it listens.
            if (mode is { } given && !OperatingSystem.IsWindows()) File.SetUnixFileMode(path, given);
            socket.Listen(Backlog);
            return socket;
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable })
        {
            socket?.Dispose();
            throw new IOException($"The Unix socket '{path}' cannot be made: its folder must be there, and this user must be allowed to write to it.", failure);
        }
    }

    // The folder, since a file beside the socket would stay there for ever. One that may not be opened is not locked; who holds it too long is passed over.
    private static DescriptorHandle? LockFolderOf(string path)
    {
        var folder = FileCalls.OpenFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (folder is not null) SpinWait.SpinUntil(() => FileCalls.TryLock(folder), LockPatience);
        return folder;
    }

    private static void RemoveIfDead(EndPoint endpoint, string path)
    {
        var found = FileCalls.Look(path);
        if (!found.Exists) return;
        if (!found.IsSocket) throw new IOException($"'{path}' is there, and is no socket: remove it, or give the Unix socket another path.");
        if (Answers(endpoint, path)) throw new AddressInUseException($"Somebody answers on the Unix socket '{path}'.");
        // Only what was asked: another hub may have put its own there meanwhile.
        if (FileCalls.Look(path).Inode == found.Inode) File.Delete(path);
    }

    private static bool Answers(EndPoint endpoint, string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(endpoint);
            return true;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            return false;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AccessDenied)
        {
            throw new IOException($"'{path}' is a socket of somebody else's, to which this user may not connect: give the Unix socket another path.", failure);
        }
        catch (SocketException)
        {
            // Such as a queue that is full: somebody listens, and is slow.
            return true;
        }
    }
}
