using System.Net;

namespace Siar.Sockets;

/// <summary>How subscribers on bare sockets are served. Read once, when the server starts.</summary>
public sealed class SocketsOptions
{
    /// <summary>
    /// Connections that may wait to be accepted, at least 1; default 4,096. The kernel lowers it to <c>net.core.somaxconn</c>.
    /// </summary>
    public int Backlog { get; set; } = 4_096;

    /// <summary>
    /// Threads that wait for connections, from 1 to 64; default: one for every two cores, at most 4. They do not serve requests, nor send events.
    /// </summary>
    public int Pollers { get; set; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>
    /// Whether requests are served by the threads that wait for connections, up to where a request waits for something, rather than on the thread pool. It
    /// saves switching threads, a tenth and more of a short request. But whatever blocks such a thread blocks all of its connections, and no more requests are
    /// computed at once than there are pollers: only for a process whose every request is short and never blocks. Default false; <c>siar serve</c> sets it on
    /// a single core.
    /// </summary>
    public bool ServesOnPollers { get; set; }

    /// <summary>
    /// Which addresses are listened to here; the server's own sockets take the others. Default: all of TCP and of Unix sockets. Over TLS nothing
    /// is gained here, and nothing lost.
    /// </summary>
    public Predicate<EndPoint> Takes { get; set; } = static _ => true;

    /// <summary>
    /// The permissions of Unix sockets that the server listens on; a proxy that runs as another user needs at least <c>GroupWrite</c> or
    /// <c>OtherWrite</c>. Default null: the process's umask decides.
    /// </summary>
    public UnixFileMode? UnixSocketMode { get; set; }

    /// <summary>
    /// Whether readers that get the same events are sent to with one call for up to 256 of them (io_uring), where the kernel has it (Linux 5.7)
    /// and allows it; elsewhere each is sent to with a call of its own. Default true.
    /// </summary>
    public bool UsesIoUring { get; set; } = true;

    /// <summary>
    /// Whether the collector is asked to give memory back once many streams have been opened and no more come: what the server has
    /// needed for each of them is garbage then, about 10 KiB a stream. It may halt a large heap for a moment. Default false; <c>siar serve</c> sets it.
    /// </summary>
    public bool CollectsAfterBursts { get; set; }
}
