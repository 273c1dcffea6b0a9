using System.Net;
using System.Runtime.InteropServices;

namespace Siar.Sockets.Native;

/// <summary>What is done with one socket. None of the calls blocks; a negative result is an error of <see cref="Errno"/>, negated.</summary>
internal static unsafe class SocketCalls
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int NoSignal = 0x4000;
    private const int DontWait = 0x40;
    private const int ShutWrite = 1;
    private const int ShutBoth = 2;
    private const int SocketLevel = 1;
    private const int LingerOption = 13;
    private const int TcpLevel = 6;
    private const int UserTimeoutOption = 18;

    /// <summary>Flags of every sending call.</summary>
    public const int SendFlags = NoSignal | DontWait;

    /// <summary>Takes the next connection that waits at a listening socket.</summary>
    /// <returns>Zero, or an error.</returns>
    public static int Accept(SafeHandle listener, out DescriptorHandle? accepted, out IPEndPoint? peer)
    {
        var address = stackalloc byte[KernelAddress.MaxLength];
        int length, descriptor;
        do
        {
            length = KernelAddress.MaxLength;
            descriptor = Libc.Accept4(listener, address, &length, NonBlocking | CloseOnExec);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);

        (accepted, peer) = (null, null);
        if (descriptor < 0) return -Marshal.GetLastPInvokeError();
        accepted = new DescriptorHandle(descriptor);
        peer = KernelAddress.Read(new ReadOnlySpan<byte>(address, Math.Min(length, KernelAddress.MaxLength)));
        return 0;
    }

    /// <summary>The address that a peer has connected to; null where it is none of IP.</summary>
    public static IPEndPoint? LocalEndPoint(SafeHandle socket)
    {
        var address = stackalloc byte[KernelAddress.MaxLength];
        var length = KernelAddress.MaxLength;
        return Libc.GetSocketName(socket, address, &length) == 0
            ? KernelAddress.Read(new ReadOnlySpan<byte>(address, Math.Min(length, KernelAddress.MaxLength)))
            : null;
    }

    /// <summary>Receives what is there.</summary>
    /// <returns>The number of bytes, zero at the end of the stream, or an error.</returns>
    public static int Receive(SafeHandle socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
            {
                count = Libc.Receive(socket, start, buffer.Length, DontWait);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
            return count < 0 ? -Marshal.GetLastPInvokeError() : (int)count;
        }
    }

    /// <summary>Sends as much as the socket takes.</summary>
    /// <returns>The number of bytes, or an error; <see cref="Errno.TryAgain"/> where it takes none now.</returns>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint count;
            do
            {
                count = Libc.Send(socket, start, bytes.Length, SendFlags);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
            return count < 0 ? -Marshal.GetLastPInvokeError() : (int)count;
        }
    }

    /// <summary>Says that nothing more will be sent; what was is still delivered.</summary>
    public static void ShutdownWriting(SafeHandle socket) => _ = Libc.Shutdown(socket, ShutWrite);

    /// <summary>Ends both directions, so that whoever waits for the socket is woken. It stays open.</summary>
    public static void ShutdownBoth(SafeHandle socket) => _ = Libc.Shutdown(socket, ShutBoth);

    /// <summary>
    /// Has the system end a connection whose peer acknowledges nothing for so long, such as one whose network is gone; it would go on for a
    /// quarter of an hour (RFC 5482). Of no effect on a Unix socket, whose peer cannot vanish.
    /// </summary>
    public static void GiveUpAfter(SafeHandle socket, TimeSpan patience)
    {
        var milliseconds = (int)patience.TotalMilliseconds;
        _ = Libc.SetSocketOption(socket, TcpLevel, UserTimeoutOption, &milliseconds, sizeof(int));
    }

    /// <summary>Makes the coming close a reset: what the peer has not taken is thrown away at once.</summary>
    public static void ResetOnClose(SafeHandle socket)
    {
        // struct linger: on, for no time.
        var linger = stackalloc int[] { 1, 0 };
        _ = Libc.SetSocketOption(socket, SocketLevel, LingerOption, linger, 2 * sizeof(int));
    }
}
